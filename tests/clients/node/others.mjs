// Pictures, responses, files, models and chat; and what is retried.

import { toFile } from "openai";

import { make, begin, kindOf, refusal } from "./common.mjs";

// One pixel.
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

export const others = {
  async pictures(client) {
    const made = await client.images.generate({
      model: "gpt-image-2",
      prompt: "A calm fjord",
    });
    const edited = await client.images.edit({
      model: "gpt-image-1.5",
      image: [
        await toFile(PNG, "a.png", { type: "image/png" }),
        await toFile(PNG, "b.png", { type: "image/png" }),
      ],
      prompt: "Make it night",
    });
    const stream = await client.images.generate({
      model: "gpt-image-2",
      prompt: "A calm fjord",
      stream: true,
      partial_images: 1,
    });
    const types = [];
    for await (const event of stream) types.push(event.type);
    return {
      made: kindOf(Buffer.from(made.data[0].b64_json, "base64")),
      edited: kindOf(Buffer.from(edited.data[0].b64_json, "base64")),
      types,
      refused: await refusal(() =>
        client.images.generate({ model: "gpt-image-2", prompt: "x", size: "10x10" }),
      ),
    };
  },

  async responses(client) {
    const tool = { type: "function", name: "get_weather", strict: false, parameters: {} };
    const first = await client.responses.create({
      model: "caller",
      input: "Oslo?",
      tools: [tool],
    });
    const call = first.output.find((item) => item.type === "function_call");
    const second = await client.responses.create({
      model: "caller",
      previous_response_id: first.id,
      input: [{ type: "function_call_output", call_id: call.call_id, output: "4" }],
      tools: [tool],
    });
    const stream = client.responses.stream({
      model: "drawer",
      input: "Draw a calm fjord.",
      tools: [{ type: "image_generation", model: "gpt-image-2", partial_images: 1 }],
    });
    const types = [];
    for await (const event of stream) types.push(event.type);
    const final = await stream.finalResponse();
    const picture = final.output.find((item) => item.type === "image_generation_call");
    return {
      text: second.output_text,
      last: types.at(-1),
      output: final.output.map((item) => item.type),
      kind: kindOf(Buffer.from(picture.result, "base64")),
    };
  },

  async files_and_models(client) {
    const file = await client.files.create({
      file: await toFile(PNG, "a.png", { type: "image/png" }),
      purpose: "vision",
    });
    const content = await client.files.content(file.id);
    const same = PNG.equals(Buffer.from(await content.arrayBuffer()));
    const listed = [];
    for await (const entry of client.files.list({ purpose: "vision" })) {
      listed.push(entry.id);
    }
    const gone = await client.files.delete(file.id);
    const models = await client.models.list();
    return {
      same,
      listed: listed.includes(file.id),
      gone: gone.deleted,
      models: models.data.some((model) => model.id === "greeter"),
    };
  },

  async chat(client) {
    const messages = [{ role: "user", content: "Hello" }];
    const whole = await client.chat.completions.create({ model: "greeter", messages });
    const stream = await client.chat.completions.create({
      model: "greeter",
      messages,
      stream: true,
    });
    let text = "";
    for await (const chunk of stream) text += chunk.choices[0]?.delta?.content ?? "";
    return { whole: whole.choices[0].message.content, text };
  },

  async one_bill(client) {
    const mark = "Only once for node";
    const picture = await client.images.generate({
      model: "gpt-image-2",
      prompt: `${mark}: picture`,
    });
    const stream = await client.images.generate({
      model: "gpt-image-2",
      prompt: `${mark}: stream`,
      stream: true,
    });
    const kinds = [];
    for await (const event of stream) kinds.push(event.type);
    const assistant = await make(client, "greeter");
    const thread = await begin(client, `${mark}: run`);
    const run = await client.beta.threads.runs.createAndPoll(thread.id, {
      assistant_id: assistant.id,
    });
    const response = await client.responses.create({
      model: "greeter",
      input: `${mark}: response`,
    });
    const messages = await client.beta.threads.messages.list(thread.id);
    return {
      mark,
      pictures: picture.data.length,
      streamed: kinds,
      run: run.status,
      messages: messages.data.length,
      response: response.output_text,
    };
  },
};
