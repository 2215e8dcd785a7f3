import { spawnSync } from 'node:child_process';
import { assert, until } from './report.mjs';

const LETTERS_MS = 60_000;
const POISON = `CREATE TABLE kept AS SELECT * FROM instruments WHERE id = 0; DELETE FROM instruments WHERE id = 0;`;
const FIX = `INSERT INTO instruments SELECT * FROM kept; DROP TABLE kept;`;

/** Changes the program's own database from outside; false where there is nothing to do it with. */
function spoil(database, statements) {
  if (!database) return false;
  const ran = spawnSync('sqlite3', ['-cmd', '.timeout 10000', database, statements], { encoding: 'utf8' });
  if (ran.error) return false;
  if (ran.status !== 0) throw new Error(`sqlite3: ${ran.stderr}`);
  return true;
}

/** What the store refuses is listed, inspected, replayed when it is mended, and discarded. */
export async function deadLetters(report, desk, api, database) {
  const letters = () => desk.id('dead-letter-row');

  await report.check('pipeline: every edge tells what became of its items', async () => {
    await desk.go('operations');
    await desk.id('operations-pipeline').click();
    const edge = desk.page.locator('[data-testid="edge-row"][data-name="store"]');
    await edge.waitFor();
    const { body } = await api.request('GET', '/api/v1/operations/pipeline');
    assert(body.edges.length === (await desk.id('edge-row').count()), 'an edge is missing');
    await until('items', async () => /[1-9]/.test(await edge.locator('td').nth(1).innerText()));
    await desk.fits();
  });

  await report.check('pipeline: dead letters are inspected, replayed and discarded', async () => {
    if (!spoil(database, POISON)) {
      console.log('SKIPPED  there is no sqlite3, or not our own program, to spoil a database of');
      return;
    }
    try {
      await letters().first().waitFor({ timeout: LETTERS_MS });
    } finally {
      // From now on no new ones come and the list stands still.
      spoil(database, FIX);
    }
    const first = letters().first();
    assert(/never put/.test(await first.getByTestId('dead-letter-error').innerText()), 'no reason is given');
    await first.getByTestId('dead-letter-toggle').click();
    assert(/"instrument": 0/.test(await desk.text('dead-letter-item')), 'no item is shown');
    await desk.fits();
    await desk.shot('dead-letters');
    const number = await letters().last().getAttribute('data-number');
    const row = desk.page.locator(`[data-testid="dead-letter-row"][data-number="${number}"]`);
    await row.getByTestId('dead-letter-replay').click();
    await until('the letter gone', async () => (await row.count()) === 0);
    const gone = await api.request('GET', `/api/v1/operations/dead-letters/${number}`);
    assert(gone.status === 404, 'the letter is still kept');

    const other = await letters().last().getAttribute('data-number');
    await letters().last().getByTestId('dead-letter-discard').click();
    await desk.id('discard-dialog').waitFor();
    await desk.shot('dead-letter-discard');
    await desk.id('discard-confirm').click();
    await desk.id('discard-dialog').waitFor({ state: 'detached' });
    const discarded = await api.request('GET', `/api/v1/operations/dead-letters/${other}`);
    assert(discarded.status === 404, 'the letter was not discarded');
  });
}
