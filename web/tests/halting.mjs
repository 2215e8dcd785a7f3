import { assert, pause, until } from './report.mjs';

const SETTLE_MS = 500;
const QUIET_MS = 3_000;

export async function halting(report, desk, api) {
  const { page } = desk;
  const reason = `Browser check at ${desk.width}`;

  await report.check('the halt dialog holds the focus and Esc leaves it', async () => {
    await desk.id('halt-button').click();
    await desk.id('halt-dialog').waitFor();
    for (let step = 0; step < 12; step += 1) {
      await page.keyboard.press('Tab');
      const inside = await page.evaluate(() => document.activeElement?.closest('dialog') !== null);
      assert(inside, 'Tab left the dialog');
    }
    await page.keyboard.press('Escape');
    await desk.id('halt-dialog').waitFor({ state: 'detached' });
    const back = await page.evaluate(() => document.activeElement?.getAttribute('data-testid'));
    assert(back === 'halt-button', `focus returned to ${back}`);
  });

  await report.check('halt by keyboard alone, with a reason', async () => {
    await page.reload();
    await until('live state', async () => (await desk.id('link').getAttribute('data-state')) === 'live');
    await until('the button', () => desk.id('halt-button').isEnabled());
    await desk.tabTo('halt-button');
    assert(await desk.focusVisible(), 'the halt button has no visible focus');
    await page.keyboard.press('Enter');
    await desk.id('halt-dialog').waitFor();
    assert(await desk.id('halt-confirm').isDisabled(), 'a halt without a reason is offered');
    await page.keyboard.type(reason);
    await desk.tabTo('halt-confirm');
    await page.keyboard.press('Enter');
    await desk.id('halt-dialog').waitFor({ state: 'detached' });
  });

  await report.check('the banner tells the reason on every page', async () => {
    for (const name of ['overview', 'market', 'trading']) {
      await desk.go(name);
      const text = await until('banner', () => desk.text('halt-banner'));
      assert(text.includes(reason), `the banner says: ${text}`);
      assert(/since/.test(text), 'the banner does not say since when');
      await desk.fits();
    }
    await desk.shot('halted');
  });

  await report.check('no new order for three seconds, in the page and in the API', async () => {
    await pause(SETTLE_MS);
    const rows = async () =>
      desk.id('order-row').evaluateAll((all) => all.map((row) => row.getAttribute('data-id')));
    const shown = async () => {
      await desk.id('tab-open').click();
      const open = await rows();
      await desk.id('tab-closed').click();
      return new Set([...open, ...(await rows())]);
    };
    const [page1, api1] = [await shown(), await api.orderIds()];
    await pause(QUIET_MS);
    const [page2, api2] = [await shown(), await api.orderIds()];
    // What the gate denies is listed too, as proof, but never left: it is no order.
    const left = (id) => !/(^|:)denied-/.test(id);
    const fresh = (before, after) => [...after].filter((id) => left(id) && !before.has(id));
    assert(fresh(api1, api2).length === 0, `the API lists new orders: ${fresh(api1, api2)}`);
    assert(fresh(page1, page2).length === 0, `the page lists new orders: ${fresh(page1, page2)}`);
  });

  await report.check('a manual order is refused in words', async () => {
    const words = await desk.text('ticket-halted');
    assert(/halted/.test(words) && words.includes(reason), `the ticket says: ${words}`);
    assert(await desk.id('ticket-submit').isDisabled(), 'the ticket still sends');
    const [account] = await api.accounts();
    const instrument = (await api.request('GET', '/api/v1/instruments')).body.items[0];
    const answer = await api.request('POST', `/api/v1/accounts/${account.id}/orders`, {
      instrument_id: instrument.id,
      side: 'buy',
      kind: 'market',
      quantity: instrument.quantity_step,
    });
    assert(answer.status >= 400 && answer.status < 500, `the API answered ${answer.status}`);
    assert(/halt/i.test(`${answer.body.detail} ${answer.body.title}`), `the API says: ${answer.body.detail}`);
  });

  await report.check('resume asks first and trading goes on', async () => {
    await desk.id('resume-button').first().click();
    await desk.id('resume-confirm').click();
    await until('no banner', async () => (await desk.id('halt-banner').count()) === 0);
    assert((await api.accounts()).every((account) => !account.halted), 'an account is still halted');
    assert(await desk.id('ticket-submit').isEnabled(), 'the ticket stays off');
    const before = await api.orderIds();
    await until('a new order', async () => [...(await api.orderIds())].some((id) => !before.has(id)), 60_000);
  });
}
