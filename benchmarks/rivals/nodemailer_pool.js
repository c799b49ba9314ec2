// nodemailer's pool as its manual shows it, with so many connections.
//
// node nodemailer_pool.js PORT WORK.json CONNECTIONS   (NODE_PATH names the modules)
const fs = require("fs");
const nodemailer = require("nodemailer");

const work = JSON.parse(fs.readFileSync(process.argv[3], "utf8"));
const escape = (text) => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const post = nodemailer.createTransport({
  pool: true,
  host: "127.0.0.1",
  port: Number(process.argv[2]),
  secure: false,
  ignoreTLS: true,
  maxConnections: Number(process.argv[4]),
  maxMessages: Infinity,
});

const begun = process.hrtime.bigint();
let next = 0;
let sent = 0;

async function worker() {
  while (next < work.people.length) {
    const [address, name, language] = work.people[next++];
    const words = work.texts[language];
    await post.sendMail({
      from: work.from,
      to: address,
      replyTo: work.sender,
      subject: words.subject,
      text: words.text.replace("{name}", () => name),
      html: words.html.replace("{name}", () => escape(name)),
    });
    sent += 1;
  }
}

const workers = Array.from({ length: 2 * Number(process.argv[4]) }, worker);
Promise.all(workers).then(() => {
  const seconds = Number(process.hrtime.bigint() - begun) / 1e9;
  console.log(JSON.stringify({ sent, seconds }));
  post.close();
});
