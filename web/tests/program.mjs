import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const READY_MS = 60_000;
const STOP_MS = 8_000;
const KEPT_OUTPUT = 8_000;

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

async function ready(url, ended) {
  const until = Date.now() + READY_MS;
  while (Date.now() < until) {
    if (ended()) throw new Error(`the program ended before it was ready (${ended()})`);
    try {
      const answer = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
      if (answer.ok) return;
    } catch {
      // Not listening yet.
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`not ready after ${READY_MS / 1000} s`);
}

/** Starts the real program on a free port with a directory of its own, or takes one that already runs. */
export async function startProgram() {
  const credentials = {
    username: process.env.ADMIN_USERNAME ?? 'admin',
    password: process.env.ADMIN_PASSWORD ?? `Test-${randomBytes(12).toString('hex')}`,
  };
  const running = process.env.BELLWETHER_URL;
  if (running) {
    await ready(running, () => null);
    return { url: running.replace(/\/$/, ''), credentials, output: () => '', stop: async () => undefined };
  }

  const directory = await mkdtemp(join(tmpdir(), 'bellwether-browser-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const child = spawn(
    process.env.BELLWETHER_BIN,
    ['up', '--listen', `127.0.0.1:${port}`, '--data-dir', join(directory, 'data')],
    {
      cwd: directory,
      env: { ...process.env, ADMIN_USERNAME: credentials.username, ADMIN_PASSWORD: credentials.password },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );

  let output = '';
  let ended = null;
  const gone = new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve((ended = `exit ${code ?? signal}`)));
    child.once('error', (error) => resolve((ended = error.message)));
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => (output = (output + data).slice(-KEPT_OUTPUT)));
  }
  // The last resort when this process itself is stopped.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);

  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(kill, STOP_MS);
    await gone;
    clearTimeout(timer);
    process.off('exit', kill);
    await rm(directory, { recursive: true, force: true });
  };

  try {
    await ready(url, () => ended);
  } catch (error) {
    await stop();
    throw new Error(`${error.message}\n${output}`);
  }
  const database = join(directory, 'data', 'bellwether.db');
  return { url, credentials, database, output: () => output, stop };
}
