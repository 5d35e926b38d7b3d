// The AI SDK, by which chat front ends speak to services like OpenAI's: what it gives, as one JSON object.
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { generateText, streamText } from "ai";

const { DEEPWIKI_SERVER, DEEPWIKI_TOKEN, DEEPWIKI_MODEL } = process.env;
const deepwiki = createOpenAICompatible({
  name: "deepwiki",
  baseURL: `${DEEPWIKI_SERVER}/v1`,
  apiKey: DEEPWIKI_TOKEN,
  includeUsage: true,
});
const model = deepwiki(DEEPWIKI_MODEL);
const question = "How is the discount computed?";

const whole = await generateText({ model, prompt: question, maxRetries: 0 });

// A chat of a front end: its own instructions, the turn before, and text in parts.
const chat = streamText({
  model,
  instructions: "Answer briefly.",
  messages: [
    { role: "user", content: question },
    { role: "assistant", content: whole.text },
    { role: "user", content: [{ type: "text", text: "And above that?" }] },
  ],
  maxRetries: 0,
});
let streamed = "";
for await (const piece of chat.textStream) streamed += piece;

let refused = null;
try {
  await generateText({ model: deepwiki("gpt-5"), prompt: question, maxRetries: 0 });
} catch (error) {
  refused = [error.name, error.statusCode, error.message];
}

console.log(
  JSON.stringify({
    whole: { text: whole.text, reason: whole.finishReason, usage: whole.usage },
    streamed: { text: streamed, reason: await chat.finishReason, usage: await chat.usage },
    refused,
  }),
);
