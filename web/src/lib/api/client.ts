import createClient from 'openapi-fetch';
import type { paths } from './schema';
import { ApiError, fromResponse, fromUnknown } from './problem';

/** The session hands its token and its "signed out" reaction in, so this module needs no state of its own. */
interface Credentials {
  token: () => string | null;
  expired: () => void;
}

let credentials: Credentials = { token: () => null, expired: () => undefined };

export function useCredentials(next: Credentials): void {
  credentials = next;
}

// `fetch` is looked up per call so that tests and extensions may replace it.
export const api = createClient<paths>({ baseUrl: '', fetch: (request) => fetch(request) });

api.use({
  onRequest({ request }) {
    const token = credentials.token();
    if (token !== null) request.headers.set('authorization', `Bearer ${token}`);
    return request;
  },
  onResponse({ request, response }) {
    if (response.status !== 401 || request.url.endsWith('/api/v1/login')) return;
    // A late 401 for a token that is no longer in use must not end the new session.
    const sent = request.headers.get('authorization');
    if (sent === `Bearer ${credentials.token()}`) credentials.expired();
  },
});

interface Answer<T> {
  data?: T;
  error?: unknown;
  response: Response;
}

/** Turns the client's data-or-error answer into a value or a thrown `ApiError`. */
export async function call<T>(pending: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>;
  try {
    answer = await pending;
  } catch (cause) {
    throw fromUnknown(cause);
  }
  if (!answer.response.ok) throw fromResponse(answer.response, answer.error);
  return answer.data as T;
}

export { ApiError };
