/** The same server seen without the page, to check that what the page says is true. */
export class Api {
  constructor(url) {
    this.url = url;
  }

  async signIn({ username, password }) {
    const answer = await this.request('POST', '/api/v1/login', { username, password });
    this.token = answer.body.access_token;
    if (!this.token) throw new Error(`sign-in by the API failed: ${JSON.stringify(answer.body)}`);
  }

  async request(method, path, body) {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        ...(this.token ? { authorization: `Bearer ${this.token}` } : {}),
        ...(body ? { 'content-type': 'application/json' } : {}),
      },
      body: body ? JSON.stringify(body) : undefined,
      signal: AbortSignal.timeout(10_000),
    });
    const text = await response.text();
    return { status: response.status, body: text ? JSON.parse(text) : null };
  }

  async accounts() {
    return (await this.request('GET', '/api/v1/accounts')).body.items;
  }

  async fills(account) {
    return (await this.request('GET', `/api/v1/accounts/${account}/fills?limit=100`)).body.items;
  }

  /** Ids of the newest orders of every account: a new order shows as a new id. */
  async orderIds() {
    const ids = new Set();
    for (const { id } of await this.accounts()) {
      const { body } = await this.request('GET', `/api/v1/accounts/${id}/orders?status=all&limit=200`);
      for (const order of body.items) ids.add(`${id}:${order.id}`);
    }
    return ids;
  }

  /** Leaves the server as it was found, whatever the page managed to do. */
  async resumeAll() {
    for (const account of await this.accounts()) {
      if (account.halted) await this.request('POST', `/api/v1/accounts/${account.id}/resume`);
      if (account.rung_override) await this.request('DELETE', `/api/v1/accounts/${account.id}/rung`);
    }
  }
}
