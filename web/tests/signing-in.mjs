import { assert, until } from './report.mjs';

export async function signingIn(report, desk, { username, password }) {
  await report.check('a wrong password is answered in words', async () => {
    await desk.page.goto(desk.url);
    await desk.id('username').fill(username);
    await desk.id('password').fill(`${password}-wrong`);
    desk.expected.add('401');
    await desk.id('sign-in-submit').click();
    const text = await until('error text', () => desk.text('sign-in-error'));
    assert(/wrong/i.test(text), `unexpected words: ${text}`);
    await desk.fits();
    await desk.shot('sign-in-refused');
  });

  await report.check('sign-in by keyboard alone, with a visible focus', async () => {
    await desk.page.reload();
    await desk.tabTo('username');
    await desk.page.keyboard.type(username);
    await desk.page.keyboard.press('Tab');
    await desk.page.keyboard.type(password);
    assert(await desk.focusVisible(), 'the focused field has no outline');
    await desk.page.keyboard.press('Enter');
    await desk.id('nav-overview').waitFor();
    desk.expected.delete('401');
  });

  await report.check('the stream connects', () =>
    until('live state', async () => (await desk.id('link').getAttribute('data-state')) === 'live'),
  );

  await report.check('the first Tab offers to skip to the content', async () => {
    await desk.page.reload();
    await desk.id('nav-overview').waitFor();
    await desk.page.keyboard.press('Tab');
    const text = await desk.page.evaluate(() => document.activeElement?.textContent ?? '');
    assert(/skip/i.test(text), `focus went to "${text}"`);
    await desk.page.keyboard.press('Enter');
    const here = await desk.page.evaluate(() => document.activeElement?.id);
    assert(here === 'main', `focus is on ${here}`);
  });
}
