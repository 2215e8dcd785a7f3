import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';
import { Api } from './api.mjs';
import { deadLetters } from './dead-letters.mjs';
import { halting } from './halting.mjs';
import { operations } from './operations.mjs';
import { Desk } from './page.mjs';
import { startProgram } from './program.mjs';
import { assert, Report } from './report.mjs';
import { signingIn } from './signing-in.mjs';
import { watching } from './watching.mjs';

const SIZES = [
  { width: 1280, height: 800, colorScheme: 'dark' },
  { width: 390, height: 844, colorScheme: 'dark' },
];
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

function explain(text) {
  console.error(text);
  process.exit(2);
}

const { BELLWETHER_BIN: binary, BELLWETHER_URL: running } = process.env;
if (!running && !binary) {
  explain('Set BELLWETHER_BIN to the release binary (cargo build --release, then target/release/bellwether).');
}
if (!running && !existsSync(binary)) explain(`BELLWETHER_BIN names no file: ${binary}`);
if (running && !process.env.ADMIN_PASSWORD) explain('With BELLWETHER_URL, set ADMIN_PASSWORD (and ADMIN_USERNAME) too.');

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
if (!existsSync(executablePath)) explain('Install Chromium or set CHROMIUM to its path.');

const report = new Report();
let program;
let browser;
let api;

async function run({ width, height, colorScheme }) {
  report.prefix = `${width}: `;
  const desk = await Desk.open(browser, program.url, width, height, colorScheme);
  report.onFailure = (name) => desk.shot(`FAIL-${name.replaceAll(/[^a-z0-9]+/gi, '-')}`).catch(() => undefined);
  await signingIn(report, desk, program.credentials);
  await watching(report, desk, api);
  await halting(report, desk, api);
  await operations(report, desk, api);
  await deadLetters(report, desk, api, program.database);
  await report.check('no errors in the console', async () => {
    assert(desk.errors.length === 0, desk.errors.join('\n'));
  });
  await desk.context.close();
}

for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

try {
  program = await startProgram();
  api = new Api(program.url);
  await api.signIn(program.credentials);
  browser = await chromium.launch({ executablePath, args: ARGUMENTS });
  for (const size of SIZES) await run(size);
} catch (error) {
  report.failed += 1;
  console.log(`FAIL  ${error.message}`);
} finally {
  await api?.resumeAll().catch(() => undefined);
  await browser?.close().catch(() => undefined);
  if (report.failed > 0 && program?.output()) console.log(program.output());
  await program?.stop();
}
process.exit(report.end() ? 0 : 1);
