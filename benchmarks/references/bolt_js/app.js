// The same job in Bolt for JavaScript, as its documentation shows it. It stores nothing.

"use strict";

const { App, LogLevel } = require("@slack/bolt");

const { PORT, SLACK_API_URL, SLACK_BOT_TOKEN, SLACK_SIGNING_SECRET, JOB } = process.env;

const app = new App({
  token: SLACK_BOT_TOKEN,
  signingSecret: SLACK_SIGNING_SECRET,
  clientOptions: { slackApiUrl: SLACK_API_URL },
  logLevel: LogLevel.ERROR,
  customRoutes: [{ path: "/ready", method: ["GET"], handler: (_request, answer) => answer.writeHead(200).end() }],
});

app.command("/startcall", async ({ ack, body, client }) => {
  await ack();
  if (JOB === "0") {
    return;
  }
  const { call } = await client.apiCall("calls.add", {
    external_unique_id: body.trigger_id,
    join_url: "https://meet.example.com/standup",
    title: body.text,
  });
  const blocks = [{ type: "call", call_id: call.id }];
  await client.chat.postMessage({ channel: body.channel_id, text: body.text, blocks });
});

app.start({ port: Number(PORT), host: "127.0.0.1" });
