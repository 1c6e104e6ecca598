// Starts npm's telegram-test-api 4.2.1 on loopback, until its standard input ends: NODE_PATH=… node telegram.js PORT
//
// Its code is as others wrote it. In front of its routes stands what it lacks and python-telegram-bot 22 asks for:
// getMe with `is_bot`, three methods more, dates in seconds, JSON where it keeps text, the fields of a press.
const { routes } = require('telegram-test-api/lib/routes/index.js');
const { TelegramServer } = require('telegram-test-api/lib/telegramServer.js');

const ME = { id: 666, is_bot: true, first_name: 'Peer', username: 'TestNameBot' };
const ANSWERS = { getMe: ME, answerCallbackQuery: true, setMyCommands: true, deleteMyCommands: true };

routes.unshift((app) => {
  for (const [method, result] of Object.entries(ANSWERS)) {
    app.all(`/bot:token/${method}`, (_, response) => response.sendResult({ ok: true, result }));
  }
});

const added = TelegramServer.prototype.addBotMessage;
TelegramServer.prototype.addBotMessage = function addBotMessage(...given) {
  const message = added.apply(this, given);
  message.date = Math.floor(message.date / 1000);
  for (const name of ['link_preview_options', 'entities', 'reply_parameters']) {
    if (typeof message[name] === 'string') message[name] = JSON.parse(message[name]);
  }
  return message;
};

const formatted = TelegramServer.formatUpdate;
TelegramServer.formatUpdate = (update) => {
  const shown = formatted(update);
  if (shown.callback_query) {
    shown.callback_query.chat_instance = '1';
    shown.callback_query.message.message_id ??= 1;
  }
  return shown;
};

const server = new TelegramServer({ port: Number(process.argv[2]), host: '127.0.0.1' });
server.start().then(() => console.log(`READY ${server.config.apiURL}`));
process.stdin.on('end', async () => { await server.stop(); process.exit(0); }).resume();
