import { assert, until } from './report.mjs';

const MOVES_MS = 30_000;
const FILLS_MS = 60_000;

export async function watching(report, desk, api) {
  const { page } = desk;

  await report.check('overview: status, components and accounts are there', async () => {
    await desk.go('overview');
    await until('status', async () => /healthy|degraded/.test(await desk.text('status')));
    await until('components', async () => (await desk.id('components').locator('tbody tr').count()) > 0);
    await until('accounts', async () => (await desk.id('account-card').count()) > 0);
    await until('equity curve', async () => (await desk.id('equity-chart').locator('canvas').count()) > 0);
    await desk.fits();
  });

  await report.check('overview: spreads are listed and move', async () => {
    const rows = desk.id('spread-row');
    await until('spread rows', async () => (await rows.count()) > 0, MOVES_MS);
    const before = (await rows.allInnerTexts()).join('|');
    await until('a change of the spreads', async () => (await rows.allInnerTexts()).join('|') !== before, MOVES_MS);
    await desk.shot('overview');
  });

  await report.check('market: candles move in 1s and 1m', async () => {
    await desk.go('market');
    for (const rule of ['1m', '1s']) {
      await desk.id(`bars-${rule}`).click();
      const bars = async () => Number(await desk.id('candles').getAttribute('data-bars'));
      await until(`candles of ${rule}`, async () => (await bars()) > 0, MOVES_MS);
      const seen = async () => `${await bars()} ${await desk.text('legend')}`;
      const before = await seen();
      await until(`movement of ${rule} candles`, async () => (await seen()) !== before, MOVES_MS);
    }
    await desk.fits();
    await desk.shot('market');
  });

  await report.check('market: quotes of several venues, the best ones marked', async () => {
    const rows = desk.id('quotes').locator('tbody tr');
    await until('two venues', async () => (await rows.count()) >= 2);
    await until('best bid', async () => /best bid/.test((await desk.id('quotes').textContent()) ?? ''));
    await until('best ask', async () => /best ask/.test((await desk.id('quotes').textContent()) ?? ''));
  });

  await report.check('market: another instrument can be searched and chosen', async () => {
    const before = await desk.text('chart-title');
    if (desk.narrow) await desk.id('pick').click();
    const scope = desk.narrow ? page.getByRole('dialog') : page.getByRole('complementary');
    await scope.getByTestId('instrument').first().waitFor();
    const other = scope.getByTestId('instrument').and(page.locator('[aria-pressed="false"]')).last();
    const symbol = (await other.locator('.symbol').innerText()).trim();
    await scope.getByTestId('instrument-search').fill(symbol);
    await scope.getByTestId('instrument').and(page.locator('[aria-pressed="false"]')).last().click();
    await until('another chart', async () => (await desk.text('chart-title')) !== before);
    await desk.fits();
  });

  await report.check('trading: the demo strategy trades', async () => {
    await desk.go('trading');
    const seen = new Set();
    const look = async () => {
      const ids = await desk
        .id('fill-row')
        .evaluateAll((rows) => rows.map((row) => row.getAttribute('data-id')));
      const before = seen.size;
      for (const id of ids) seen.add(id);
      return { before, now: seen.size };
    };
    await until('first fills', async () => (await look()).now > 0, FILLS_MS);
    await until('a further fill', async () => {
      const { before, now } = await look();
      return now > before;
    }, FILLS_MS);
    const [account] = await api.accounts();
    assert((await api.fills(account.id)).length > 0, 'the API knows no fills');
    await desk.fits();
    await desk.shot('trading');
  });

  await report.check('trading: an order beyond the limits is refused in words', async () => {
    for (const status of ['400', '422']) desk.expected.add(status);
    await sendOrder(desk, '999999999');
    const text = await until('refusal', () => desk.text('ticket-error'));
    assert(text.length > 25, `hardly a sentence: ${text}`);
    await desk.shot('refused');
    desk.expected.clear();
  });

  await report.check('the theme switches and is remembered', async () => {
    const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
    const before = await theme();
    const button = async () => {
      if (desk.narrow) await desk.id('menu-button').click();
      return desk.narrow ? page.getByRole('dialog').getByTestId('theme') : desk.id('theme');
    };
    const control = await button();
    await control.click();
    await control.click();
    const chosen = await page.evaluate(() => localStorage.getItem('bellwether.theme'));
    assert(chosen === 'light', `stored ${chosen}`);
    assert((await theme()) === 'light', 'the light theme is not shown');
    await control.click();
    assert((await theme()) === before, 'the system theme did not return');
    if (desk.narrow) await page.keyboard.press('Escape');
  });
}

export async function sendOrder(desk, quantity) {
  await desk.page.getByTestId('kind-market').click();
  await desk.id('ticket-quantity').fill(quantity);
  await desk.id('ticket-submit').click();
  await desk.id('order-confirm').click();
}
