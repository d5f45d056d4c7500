"""Whole little programs that call this server, for copying."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from playground.api.reference_examples import Server, highlighted


@dataclass(frozen=True)
class Snippet:
    slug: str
    title: str
    hint: str
    source: str
    language: str

    @property
    def code(self) -> SafeString:
        """The program with colours."""
        return highlighted(self.source, self.language)


def snippets_of(server: Server) -> list[Snippet]:
    """The same question in each language."""
    values = {"$base": f"{server.base_url}/v1", "$model": server.chat_model}
    found = []
    for snippet in (CURL, PYTHON, NODE, JAVA):
        source = snippet.source
        for name, value in values.items():
            # The quotes are the snippet's own; what stands between them is escaped.
            source = source.replace(name, json.dumps(value)[1:-1])
        found.append(replace(snippet, source=source))
    return found


CURL = Snippet(
    "curl",
    "curl",
    "The key comes from the environment, so that it stays out of the history.",
    """\
export EASEL_API_KEY="esl_…"

curl $base/chat/completions \\
  -H "Authorization: Bearer $EASEL_API_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{
    "model": "$model",
    "messages": [{"role": "user", "content": "What can you do?"}]
  }'""",
    "bash",
)
PYTHON = Snippet(
    "python",
    "Python",
    "The official package: pip install openai. OPENAI_BASE_URL and OPENAI_API_KEY in"
    " the environment do the same without a change to the program.",
    """\
import os

from openai import OpenAI

client = OpenAI(
    base_url="$base",
    api_key=os.environ["EASEL_API_KEY"],
)
stream = client.chat.completions.create(
    model="$model",
    messages=[{"role": "user", "content": "What can you do?"}],
    stream=True,
)
for chunk in stream:
    for choice in chunk.choices:
        print(choice.delta.content or "", end="", flush=True)""",
    "python",
)
NODE = Snippet(
    "node",
    "Node",
    "The official package: npm install openai. Save it as hello.mjs.",
    """\
import OpenAI from "openai";

const client = new OpenAI({
  baseURL: "$base",
  apiKey: process.env.EASEL_API_KEY,
});
const stream = await client.chat.completions.create({
  model: "$model",
  messages: [{ role: "user", content: "What can you do?" }],
  stream: true,
});
for await (const chunk of stream) {
  process.stdout.write(chunk.choices[0]?.delta?.content ?? "");
}""",
    "javascript",
)
JAVA = Snippet(
    "java",
    "Java",
    "Java 17 without a library: save it as Hello.java and run java Hello.java.",
    """\
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

public class Hello {
    public static void main(String[] arguments) throws Exception {
        var body = \"\"\"
            {
              "model": "$model",
              "stream": true,
              "messages": [{"role": "user", "content": "What can you do?"}]
            }\"\"\";
        var request = HttpRequest.newBuilder(URI.create("$base/chat/completions"))
            .header("Authorization", "Bearer " + System.getenv("EASEL_API_KEY"))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
        var lines = HttpClient.newHttpClient()
            .send(request, HttpResponse.BodyHandlers.ofLines())
            .body();
        lines.filter(line -> line.startsWith("data: ")).forEach(System.out::println);
    }
}""",
    "java",
)
