import { mkdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { assert, until } from './report.mjs';

const RESULTS = fileURLToPath(new URL('../test-results/', import.meta.url));
const HOVER_NEEDS_WIDTH = 700;

/** One browser window of one width, with the steps that several checks share. */
export class Desk {
  errors = [];
  /** The browser logs every refused request as an error; a check that wants a refusal names its status here. */
  expected = new Set();

  static async open(browser, url, width, height, colorScheme) {
    const context = await browser.newContext({ viewport: { width, height }, colorScheme });
    const desk = new Desk();
    desk.context = context;
    desk.url = url;
    desk.width = width;
    desk.page = await context.newPage();
    desk.page.setDefaultTimeout(10_000);
    desk.page.on('pageerror', (error) => desk.errors.push(`uncaught: ${error.message}`));
    desk.page.on('console', (message) => {
      if (message.type() !== 'error') return;
      const status = /status of (\d{3})/.exec(message.text())?.[1];
      if (!status || !desk.expected.has(status)) desk.errors.push(`${message.text()} ${message.location().url}`);
    });
    await mkdir(RESULTS, { recursive: true });
    return desk;
  }

  get narrow() {
    return this.width <= HOVER_NEEDS_WIDTH;
  }

  id(name) {
    return this.page.getByTestId(name);
  }

  async go(name) {
    await this.id(`nav-${name}`).click();
    await until(`page ${name}`, () => new URL(this.page.url()).pathname === `/${name}`);
  }

  async text(name) {
    return (await this.id(name).first().innerText()).trim();
  }

  async shot(name) {
    await this.page.screenshot({ path: `${RESULTS}${this.width}-${name}.png` });
  }

  async fits() {
    const over = await this.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    assert(over <= 0, `the page is ${over} px wider than the window`);
  }

  /** Tab from where the focus is until it rests on the wanted control, as a person without a mouse would. */
  async tabTo(name, most = 80) {
    for (let step = 0; step < most; step += 1) {
      const here = await this.page.evaluate(() => document.activeElement?.getAttribute('data-testid') ?? '');
      if (here === name) return;
      await this.page.keyboard.press('Tab');
    }
    throw new Error(`Tab never reached ${name}`);
  }

  async focusVisible() {
    return this.page.evaluate(() => {
      const style = getComputedStyle(document.activeElement);
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
    });
  }
}
