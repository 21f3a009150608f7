// An ordinary Bolt app. Only the address of the Web API comes from the environment, as with any app that is developed
// against the local Slack; nothing else knows where it runs.

'use strict';

const { App } = require('@slack/bolt');

const clientOptions = { slackApiUrl: process.env.SLACK_API_URL };
const token = process.env.SLACK_BOT_TOKEN;
const app = process.env.SLACK_APP_TOKEN
  ? new App({ token, appToken: process.env.SLACK_APP_TOKEN, socketMode: true, clientOptions })
  : new App({ token, signingSecret: process.env.SLACK_SIGNING_SECRET, clientOptions });

const plain = (text) => ({ type: 'plain_text', text });
const section = (text) => ({ type: 'section', text: plain(text) });

const asks = (title, callId) => ({
  type: 'modal',
  callback_id: 'rename',
  private_metadata: callId,
  title: plain(title),
  submit: plain('Save'),
  close: plain('Cancel'),
  notify_on_close: true,
  blocks: [
    {
      type: 'input',
      block_id: 'title',
      label: plain('Title'),
      element: { type: 'plain_text_input', action_id: 'title' },
    },
    {
      type: 'actions',
      block_id: 'row',
      elements: [{ type: 'button', action_id: 'refresh', text: plain('Refresh') }],
    },
  ],
});

const shows = (title, text) => ({ type: 'modal', title: plain(title), blocks: [section(text)] });

app.command('/plain', async ({ ack, say, command, client }) => {
  await ack('Starting …');
  const { call } = await client.calls.add({
    external_unique_id: command.trigger_id,
    join_url: 'https://meet.example.com/weekly',
    title: command.text,
    created_by: command.user_id,
    users: [{ slack_id: command.user_id }],
  });
  const button = { type: 'button', action_id: 'ask', value: call.id, text: plain('Rename') };
  await say({
    text: command.text,
    blocks: [{ type: 'call', call_id: call.id }, { type: 'actions', elements: [button] }],
  });
});

app.action('ask', async ({ ack, body, action, client, respond }) => {
  await ack();
  await client.views.open({ trigger_id: body.trigger_id, view: asks('Rename', action.value) });
  await respond({ text: 'A dialog is open.', replace_original: false });
});

app.action('refresh', async ({ ack, body, client }) => {
  await ack();
  const { id, hash, private_metadata } = body.view;
  await client.views.update({ view_id: id, hash, view: asks('Refreshed', private_metadata) });
});

app.view('rename', async ({ ack, view, client }) => {
  const title = view.state.values.title.title.value;
  if (title === 'Taken') {
    await ack({ response_action: 'errors', errors: { title: 'This title is taken.' } });
    return;
  }
  if (title === 'Update') {
    await ack({ response_action: 'update', view: asks('Updated', view.private_metadata) });
    return;
  }
  if (title === 'Push') {
    await ack({ response_action: 'push', view: shows('Pushed', 'On top.') });
    return;
  }
  await ack({ response_action: 'clear' });
  await client.calls.update({ id: view.private_metadata, title });
});

app.view({ callback_id: 'rename', type: 'view_closed' }, async ({ ack, view, body, client }) => {
  await ack();
  await client.chat.postMessage({ channel: body.user.id, text: `Not renamed: ${view.private_metadata}` });
});

app.shortcut('everywhere', async ({ ack, shortcut, client }) => {
  await ack();
  await client.views.open({ trigger_id: shortcut.trigger_id, view: shows('Everywhere', 'Hello.') });
});

app.shortcut('on_this', async ({ ack, respond, shortcut }) => {
  await ack();
  await respond(`You said ${shortcut.message.text}`);
});

app.options('colour', async ({ ack, payload }) => {
  const found = ['Red', 'Green', 'Blue'].filter((name) => name.toLowerCase().includes(payload.value.toLowerCase()));
  await ack({ options: found.map((name) => ({ text: plain(name), value: name })) });
});

app.event('app_home_opened', async ({ event, client }) => {
  await client.views.publish({ user_id: event.user, view: { type: 'home', blocks: [section('Welcome')] } });
});

app.event('app_mention', async ({ event, say }) => {
  await say({ text: `At your service, <@${event.user}>`, thread_ts: event.ts });
});

app.event('call_rejected', async ({ event, client }) => {
  await client.calls.end({ id: event.call_id, duration: 0 });
});

app.message('ping', async ({ message, client }) => {
  await client.reactions.add({ channel: message.channel, timestamp: message.ts, name: 'table_tennis_paddle_and_ball' });
});

(async () => {
  await app.start({ port: Number(process.env.PORT ?? 0), host: '127.0.0.1' });
  console.log('READY');
})();

process.on('SIGTERM', async () => {
  await app.stop();
  process.exit(0);
});
