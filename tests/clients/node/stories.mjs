// The stories of the Node client: node stories.mjs BASE_URL API_KEY [STORY ...]
//
// Prints one line of JSON for each story: what it saw, or where it broke.

import OpenAI from "openai";

import { others } from "./others.mjs";
import { runs } from "./runs.mjs";

const [baseURL, apiKey, ...wanted] = process.argv.slice(2);
const stories = { ...runs, ...others };

for (const name of wanted.length ? wanted : Object.keys(stories)) {
  const client = new OpenAI({
    baseURL,
    apiKey,
    defaultHeaders: { "X-Story": name },
    timeout: 30000,
  });
  const line = { story: name };
  try {
    line.saw = await stories[name](client);
  } catch (error) {
    line.broke = error.stack ?? String(error);
  }
  console.log(JSON.stringify(line));
}
