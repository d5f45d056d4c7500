// Assistants, threads and runs; and the thread that Easel began with.

import { make, begin, outputsFor, kindOf, refusal, watch } from "./common.mjs";

const WEATHER = {
  type: "function",
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } } },
  },
};
const CREATE_IMAGE = {
  type: "function",
  function: {
    name: "create_image",
    parameters: {
      type: "object",
      properties: { prompt: { type: "string" }, model: {}, size: {} },
      required: ["prompt"],
    },
  },
};

export const runs = {
  async polled_run(client) {
    const assistant = await make(client, "greeter");
    const thread = await begin(client);
    const run = await client.beta.threads.runs.createAndPoll(thread.id, {
      assistant_id: assistant.id,
    });
    const messages = await client.beta.threads.messages.list(thread.id);
    const steps = await client.beta.threads.runs.steps.list(run.id, {
      thread_id: thread.id,
    });
    return {
      status: run.status,
      text: messages.data[0].content[0].text.value,
      steps: steps.data.map((step) => step.type),
    };
  },

  async handled_events(client) {
    const assistant = await make(client, "greeter");
    const thread = await begin(client);
    const seen = await watch(
      client.beta.threads.runs.stream(thread.id, { assistant_id: assistant.id }),
    );
    return { names: seen.names, text: seen.text, status: seen.run.status };
  },

  async streamed_tools(client) {
    const assistant = await make(client, "double-caller", { tools: [WEATHER] });
    const thread = await begin(client);
    const first = await watch(
      client.beta.threads.runs.stream(thread.id, { assistant_id: assistant.id }),
    );
    const second = await watch(
      client.beta.threads.runs.submitToolOutputsStream(first.run.id, {
        thread_id: thread.id,
        tool_outputs: outputsFor(first.run),
      }),
    );
    return {
      paused: first.run.status,
      status: second.run.status,
      text: second.text,
      begins: second.names[0],
    };
  },

  async polled_tools(client) {
    const assistant = await make(client, "caller", { tools: [WEATHER] });
    const thread = await begin(client);
    const paused = await client.beta.threads.runs.createAndPoll(thread.id, {
      assistant_id: assistant.id,
    });
    const run = await client.beta.threads.runs.submitToolOutputsAndPoll(paused.id, {
      thread_id: thread.id,
      tool_outputs: outputsFor(paused),
    });
    return { paused: paused.status, status: run.status };
  },

  async created_and_streamed(client) {
    const assistant = await make(client, "greeter");
    const seen = await watch(
      client.beta.threads.createAndRunStream({
        assistant_id: assistant.id,
        thread: { messages: [{ role: "user", content: "Hi" }] },
      }),
    );
    const polled = await client.beta.threads.createAndRunPoll({
      assistant_id: assistant.id,
      thread: { messages: [{ role: "user", content: "Hi" }] },
    });
    return { text: seen.text, first: seen.names[0], polled: polled.status };
  },

  async cancelled_stream(client) {
    const assistant = await make(client, "staller");
    const thread = await begin(client);
    const stream = client.beta.threads.runs.stream(thread.id, {
      assistant_id: assistant.id,
    });
    stream.on("textDelta", () => {
      client.beta.threads.runs.cancel(stream.currentRun().id, { thread_id: thread.id });
    });
    const seen = await watch(stream);
    return { status: seen.run.status, last: seen.names.at(-1) };
  },

  async failed_stream(client) {
    const assistant = await make(client, "breaker");
    const thread = await begin(client);
    const seen = await watch(
      client.beta.threads.runs.stream(thread.id, { assistant_id: assistant.id }),
    );
    const chat = await refusal(async () => {
      const stream = await client.chat.completions.create({
        model: "breaker",
        messages: [{ role: "user", content: "Hello" }],
        stream: true,
      });
      for await (const _ of stream);
    });
    return { status: seen.run.status, error: seen.run.last_error.code, chat };
  },

  async refused_requests(client) {
    const thread = await begin(client);
    const nowhere = "x".repeat(24);
    return {
      thread: await refusal(() => client.beta.threads.retrieve(`thread_${nowhere}`)),
      assistant: await refusal(() =>
        client.beta.threads.runs.create(thread.id, {
          assistant_id: `asst_${nowhere}`,
          stream: true,
        }),
      ),
      name: await refusal(() => make(client, "greeter", { name: "x".repeat(257) })),
      key: await refusal(() =>
        client.withOptions({ apiKey: "sk-no" }).beta.assistants.list(),
      ),
    };
  },

  async pages_of_lists(client) {
    const thread = await client.beta.threads.create();
    const made = [];
    for (let number = 0; number < 5; number += 1) {
      const message = await client.beta.threads.messages.create(thread.id, {
        role: "user",
        content: `Message ${number}`,
      });
      made.push(message.id);
    }
    const found = [];
    const list = client.beta.threads.messages.list(thread.id, {
      limit: 2,
      order: "asc",
    });
    for await (const message of list) found.push(message.id);
    return { complete: JSON.stringify(found) === JSON.stringify(made) };
  },

  async drawn_in_a_stream(client) {
    const assistant = await make(client, "drawer", {
      tools: [{ type: "image_generation", model: "gpt-image-2" }],
    });
    const thread = await begin(client, "Draw a calm fjord.");
    const stream = client.beta.threads.runs.stream(thread.id, {
      assistant_id: assistant.id,
    });
    const pictures = [];
    stream.on("imageFileDone", (picture) => pictures.push(picture.file_id));
    const seen = await watch(stream);
    const content = await client.files.content(pictures[0]);
    const data = Buffer.from(await content.arrayBuffer());
    return { status: seen.run.status, text: seen.text, kind: kindOf(data) };
  },

  async seed_thread(client) {
    const assistant = await make(client, "sun-caller", { tools: [CREATE_IMAGE] });
    const thread = await begin(client, "Please draw a bright sun.");
    const paused = await watch(
      client.beta.threads.runs.stream(thread.id, { assistant_id: assistant.id }),
    );
    const [call] = paused.run.required_action.submit_tool_outputs.tool_calls;
    const made = await client.images.generate(JSON.parse(call.function.arguments));
    const download = await fetch(made.data[0].url);
    const data = Buffer.from(await download.arrayBuffer());
    const seen = await watch(
      client.beta.threads.runs.submitToolOutputsStream(paused.run.id, {
        thread_id: thread.id,
        tool_outputs: [{ tool_call_id: call.id, output: JSON.stringify(made) }],
      }),
    );
    return {
      picture: [kindOf(data), `${data.readUInt32BE(16)}x${data.readUInt32BE(20)}`],
      rest: seen.names,
      text: seen.text,
    };
  },
};
