// node ask.mjs owner/repo "question": the answer as it is written, then the lines it rests on.
const [repository, question] = process.argv.slice(2);
const reply = await fetch(`${process.env.DEEPWIKI_SERVER}/chat/completions/stream?events=1`, {
  method: "POST",
  headers: {
    Authorization: `Bearer ${process.env.DEEPWIKI_TOKEN}`,
    "Content-Type": "application/json",
    Accept: "text/event-stream",
  },
  body: JSON.stringify({ repo_url: repository, messages: [{ role: "user", content: question }] }),
});
if (!reply.ok) throw new Error((await reply.json()).detail);
let sources = [];
let rest = "";
for await (const piece of reply.body.pipeThrough(new TextDecoderStream())) {
  const lines = (rest + piece).split("\n");
  rest = lines.pop();
  for (const line of lines.filter((each) => each.startsWith("data: "))) {
    const event = JSON.parse(line.slice(6));
    if (event.event === "delta") process.stdout.write(event.text);
    if (event.event === "sources") sources = event.items;
    if (event.event === "error") throw new Error(event.message);
  }
}
console.log();
for (const { path, start, end } of sources) console.log(`${path}:${start}-${end}`);
