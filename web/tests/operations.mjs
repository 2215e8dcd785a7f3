import { assert, until } from './report.mjs';

const TABS = ['health', 'pipeline', 'policies', 'alerts', 'flags', 'log', 'configuration'];
const FLAG = 'debug';
const ALERT_MS = 60_000;
const STEP_UP_MS = 60_000;

/** The row of a list that shows the thing of this name. */
const row = (desk, testid, name, key = 'name') => desk.page.locator(`[data-testid="${testid}"][data-${key}="${name}"]`);

const open = async (desk, tab) => {
  await desk.id(`operations-${tab}`).click();
  // The first tab is open without being named.
  const named = () => new URL(desk.page.url()).hash.slice(1) || 'health';
  await until(`tab ${tab}`, () => named() === tab);
};

/** Fills a dialog that wants a reason and sends it. */
const giveReason = async (desk, testid) => {
  await desk.id(`${testid}-dialog`).waitFor();
  assert(await desk.id(`${testid}-confirm`).isDisabled(), 'it is offered without a reason');
  await desk.id(`${testid}-reason`).fill(`Browser check at ${desk.width}`);
  await desk.id(`${testid}-confirm`).click();
  await desk.id(`${testid}-dialog`).waitFor({ state: 'detached' });
};

export async function operations(report, desk, api) {
  await report.check('operations: database and market are healthy', async () => {
    await desk.go('operations');
    await row(desk, 'health-row', 'database').waitFor();
    const status = (name) => row(desk, 'health-row', name).getAttribute('data-status');
    await until('a healthy database', async () => (await status('database')) === 'healthy');
    const feeds = desk.page.locator('[data-testid="health-row"]:is([data-name^="feed:"], [data-name="market"])');
    await until('a healthy market', async () => (await feeds.first().getAttribute('data-status')) === 'healthy');
    const database = row(desk, 'health-row', 'database');
    await database.getByTestId('health-toggle').click();
    await database.getByTestId('health-detail').waitFor();
    assert((await database.getByTestId('timeline').count()) === 1, 'no strip of its past');
    await database.getByTestId('health-check').click();
    await until('word of the check', async () => /database/.test(await desk.id('toasts-info').innerText()));
  });

  await report.check('operations: every tab is there, kept in the address and fits', async () => {
    for (const tab of TABS) {
      await open(desk, tab);
      await until(`content of ${tab}`, async () => (await desk.page.locator('main .panel > header').count()) > 0);
      await desk.fits();
      await desk.shot(`operations-${tab}`);
    }
    await desk.page.reload();
    await desk.id('configuration-reload').waitFor();
    assert((await desk.id('operations-problem').count()) === 0, 'a tab says that it is not fresh');
  });

  await report.check('operations: a breaker is reset with a reason', async () => {
    await open(desk, 'policies');
    const policy = desk.page.locator('[data-testid="policy-row"][data-breaker]').first();
    await policy.getByTestId('policy-toggle').click();
    await desk.id('breaker-reset').click();
    await giveReason(desk, 'breaker');
    await until('a closed breaker', async () => (await policy.getAttribute('data-breaker')) === 'closed');
    await desk.fits();
    await desk.shot('operations-policy');
  });

  await report.check('operations: an open breaker is told by a toast and counted in the navigation', async () => {
    await open(desk, 'policies');
    const last = desk.page.locator('[data-testid="policy-row"][data-breaker]').last();
    const name = await last.getAttribute('data-name');
    // It moves to the top when it opens.
    const policy = row(desk, 'policy-row', name);
    const toggle = policy.getByTestId('policy-toggle');
    if ((await toggle.getAttribute('aria-expanded')) === 'false') await toggle.click();
    // Other alerts may be firing meanwhile.
    const badge = async () =>
      (await desk.id('nav-alerts').count()) === 0 ? '' : await desk.id('nav-alerts').innerText();
    const before = await badge();
    await desk.id('breaker-open').click();
    try {
      await giveReason(desk, 'breaker');
      await until('an open breaker', async () => (await policy.getAttribute('data-breaker')) === 'open');
      const first = desk.page.locator('[data-testid="policy-row"]').first();
      assert((await first.getAttribute('data-name')) === name, 'what is open does not stand first');
      const held = await desk.text('breaker-held');
      assert(held.includes(`Browser check at ${desk.width}`), `who holds it is not told: ${held}`);
      await until('a badge', async () => (await badge()) !== before, ALERT_MS);
      await until('a toast', async () => (await desk.id('toasts-error').innerText()).includes(name));
      await open(desk, 'alerts');
      await row(desk, 'alert-row', 'firing', 'state').first().waitFor();
      await desk.fits();
      await desk.shot('operations-firing');
    } finally {
      const reset = { action: 'reset', reason: 'Browser check is over' };
      await api.request('POST', `/api/v1/operations/policies/${name}/breaker`, reset);
    }
    await until('the badge as it was', async () => (await badge()) === before, ALERT_MS);
  });

  await report.check('operations: an alert is silenced and told again', async () => {
    await open(desk, 'alerts');
    const alert = desk.id('alert-row').last();
    await alert.getByTestId('alert-silence').click();
    await giveReason(desk, 'silence');
    const words = await alert.getByTestId('alert-silenced').innerText();
    assert(words.includes(`Browser check at ${desk.width}`), `the alert says: ${words}`);
    await alert.getByTestId('alert-unsilence').click();
    await alert.getByTestId('alert-silence').waitFor();
  });

  await report.check('operations: a flag is switched and its override dropped', async () => {
    await open(desk, 'flags');
    const flag = row(desk, 'flag-row', FLAG);
    await flag.waitFor();
    const before = await flag.getAttribute('data-on');
    assert((await flag.getAttribute('data-source')) === 'configuration', 'the flag is overridden already');
    await flag.getByTestId('flag-enabled').click();
    await until('the other state', async () => (await flag.getAttribute('data-on')) !== before);
    assert((await flag.getAttribute('data-source')) === 'override', 'no override is shown');
    await flag.getByTestId('flag-drop').click();
    await until('the configured state', async () => (await flag.getAttribute('data-on')) === before);
    assert((await flag.getAttribute('data-source')) === 'configuration', 'the override is still shown');
  });

  await report.check('operations: trading is not switched without being asked', async () => {
    await open(desk, 'flags');
    const flag = row(desk, 'flag-row', 'paper_trading_enabled');
    await flag.getByTestId('flag-enabled').click();
    await desk.id('flag-dialog').waitFor();
    await desk.page.keyboard.press('Escape');
    await desk.id('flag-dialog').waitFor({ state: 'detached' });
    assert((await flag.getAttribute('data-source')) === 'configuration', 'it was switched all the same');
    await flag.getByTestId('flag-tenant').click();
    await desk.id('flag-confirm').click();
    await until('trading off', async () => (await flag.getAttribute('data-on')) === 'false');
    await flag.getByTestId('flag-drop').click();
    await until('trading on', async () => (await flag.getAttribute('data-on')) === 'true');
    await until('the ladder up again', async () => (await api.accounts()).every((a) => a.rung === 'normal'), STEP_UP_MS);
  });

  await report.check('operations: the log tail shows lines, new ones too', async () => {
    await open(desk, 'log');
    await until('lines', async () => (await desk.id('log-line').count()) > 0);
    // It leaves a line, which comes by the stream.
    await api.request('POST', '/api/v1/operations/configuration/reload');
    await until('a line of the reload', async () => /reload/i.test((await desk.id('log-lines').textContent()) ?? ''));
    await desk.id('log-line').last().getByRole('button').click();
    await desk.id('log-filter').fill('no line has these words');
    await until('no match', async () => (await desk.id('log-line').count()) === 0);
    await desk.id('log-filter').fill('');
    await desk.id('log-pause').click();
    await desk.id('log-pause').click();
    await until('lines again', async () => (await desk.id('log-line').count()) > 0);
  });

  await report.check('operations: the configuration is shown and a reload finds it unchanged', async () => {
    await open(desk, 'configuration');
    await row(desk, 'setting-row', 'log.level', 'path').waitFor();
    await desk.id('configuration-filter').fill('log.level');
    await until('one setting', async () => (await desk.id('setting-row').count()) === 1);
    await desk.id('configuration-filter').fill('');
    await desk.id('configuration-reload').click();
    assert(/nothing changed/i.test(await desk.text('reload-report')), await desk.text('reload-report'));
  });

  await report.check('an account is held at reduce only, which the banner tells, and let go', async () => {
    await desk.go('trading');
    const [account] = await api.accounts();
    await desk.id('account-switcher').selectOption(account.id);
    await desk.id('rung-button').click();
    await desk.id('rung-option-reduce_only').click();
    await giveReason(desk, 'rung');
    const words = await until('the banner', () => desk.text('rung-banner'));
    assert(/reduce only/i.test(words) && words.includes(account.name), `the banner says: ${words}`);
    assert(words.includes(`Browser check at ${desk.width}`), 'the banner does not say why');
    assert((await api.accounts())[0].rung === 'reduce_only', 'the API does not know the rung');
    await desk.fits();
    await desk.shot('rung');
    await desk.id('rung-button-banner').click();
    await desk.id('rung-dialog').waitFor();
    await desk.shot('rung-dialog');
    await desk.id('rung-lift').click();
    await desk.id('rung-dialog').waitFor({ state: 'detached' });
    assert((await api.accounts())[0].rung_override === null, 'the override is still there');
    // Health lets an account up one rung at a time.
    await until('no banner', async () => (await desk.id('rung-banner').count()) === 0, STEP_UP_MS);
  });
}
