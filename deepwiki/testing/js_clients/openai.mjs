// OpenAI's own client: what it gives for each call, as one JSON object.
import OpenAI from "openai";

const { DEEPWIKI_SERVER, DEEPWIKI_TOKEN, DEEPWIKI_MODEL } = process.env;
const client = new OpenAI({
  baseURL: `${DEEPWIKI_SERVER}/v1`,
  apiKey: DEEPWIKI_TOKEN,
  maxRetries: 0,
});
const model = DEEPWIKI_MODEL;
const messages = [{ role: "user", content: "How is the discount computed?" }];

const models = [];
for await (const each of client.models.list()) models.push(each.id);

const whole = await client.chat.completions.create({ model, messages });

const streamed = { text: "", annotations: [], usage: null };
const chunks = await client.chat.completions.create({
  model,
  messages,
  stream: true,
  stream_options: { include_usage: true },
});
for await (const chunk of chunks) {
  const delta = chunk.choices[0]?.delta;
  streamed.text += delta?.content ?? "";
  streamed.annotations.push(...(delta?.annotations ?? []));
  streamed.usage = chunk.usage ?? streamed.usage;
}

const helper = client.chat.completions.stream({ model, messages });
const helped = await helper.finalContent();

const response = await client.responses.create({ model, input: messages[0].content });
const events = [];
const stream = client.responses.stream({ model, input: messages });
stream.on("event", (event) => events.push(event.type));
const final = await stream.finalResponse();

const refused = {};
for (const [name, call] of Object.entries({
  model: () => client.chat.completions.create({ model: "gpt-5", messages }),
  token: () => client.withOptions({ apiKey: "dw_nothing" }).models.list(),
  body: () => client.chat.completions.create({ model, messages: [] }),
})) {
  try {
    await call();
  } catch (error) {
    refused[name] = [error.constructor.name, error.status, error.code, error.message];
  }
}

console.log(
  JSON.stringify({
    models,
    whole: whole.choices[0],
    usage: whole.usage,
    streamed,
    helped,
    response: { text: response.output_text, content: response.output[0].content },
    events: [...new Set(events)],
    final: final.output_text,
    refused,
  }),
);
