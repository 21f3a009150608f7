// An app that people install into their workspaces by OAuth, with Bolt's own InstallProvider behind it.

'use strict';

const { App } = require('@slack/bolt');
const { MemoryInstallationStore } = require('@slack/oauth');

const app = new App({
  signingSecret: process.env.SLACK_SIGNING_SECRET,
  clientId: process.env.SLACK_CLIENT_ID,
  clientSecret: process.env.SLACK_CLIENT_SECRET,
  stateSecret: 'only-for-tests',
  scopes: ['chat:write', 'commands'],
  redirectUri: process.env.REDIRECT_URI,
  installationStore: new MemoryInstallationStore(),
  clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
  installerOptions: {
    authorizationUrl: process.env.AUTHORIZE_URL,
    clientOptions: { slackApiUrl: process.env.SLACK_API_URL },
    directInstall: true,
    redirectUriPath: '/slack/oauth_redirect',
    userScopes: ['users.profile:write'],
    callbackOptions: {
      success: (installation, options, req, res) => {
        const { team, enterprise, isEnterpriseInstall, user } = installation;
        res.setHeader('Content-Type', 'application/json');
        res.end(JSON.stringify({ team: team?.id, enterprise: enterprise?.id, isEnterpriseInstall, user: user.token }));
      },
    },
  },
});

app.command('/whereami', async ({ ack, context, say }) => {
  await ack();
  await say(`team ${context.teamId ?? 'none'}, enterprise ${context.enterpriseId ?? 'none'}`);
});

(async () => {
  await app.start({ port: Number(process.env.PORT), host: '127.0.0.1' });
  console.log('READY');
})();

process.on('SIGTERM', async () => {
  await app.stop();
  process.exit(0);
});
