// What the stories share.

export const make = (client, model, more = {}) =>
  client.beta.assistants.create({ model, ...more });

export const begin = (client, text = "Hello") =>
  client.beta.threads.create({ messages: [{ role: "user", content: text }] });

export const outputsFor = (run) =>
  run.required_action.submit_tool_outputs.tool_calls.map((call) => ({
    tool_call_id: call.id,
    output: "4 degrees",
  }));

export const kindOf = (data) => (data.subarray(1, 4).toString() === "PNG" ? "png" : "other");

export async function refusal(call) {
  try {
    await call();
  } catch (error) {
    return {
      class: error.constructor.name,
      status: error.status ?? null,
      code: error.code ?? null,
      param: error.param ?? null,
      has_request_id: Boolean(error.requestID),
    };
  }
  return { class: null };
}

// The helper's own events, and the names of those on the wire.
export async function watch(stream) {
  const names = [];
  const text = [];
  stream.on("event", (event) => names.push(event.event));
  stream.on("textDelta", (delta) => text.push(delta.value ?? ""));
  const run = await stream.finalRun();
  return { run, names, text: text.join("") };
}
