export interface FieldError {
  field: string;
  message: string;
}

/** A failed call, already put into words a trader can act on. */
export class ApiError extends Error {
  override name = 'ApiError';

  constructor(
    /** 0 when no answer came at all. */
    readonly status: number,
    readonly code: string,
    message: string,
    readonly fields: FieldError[] = [],
    readonly retryAfterSeconds: number | null = null,
    readonly correlationId: string | null = null,
  ) {
    super(message);
  }
}

const UNREACHABLE = 'The server cannot be reached. Check the connection; live data resumes by itself.';

const BY_STATUS: Record<number, string> = {
  400: 'The server did not understand the request.',
  401: 'Your session has ended. Sign in again.',
  403: 'Your role does not allow this action.',
  404: 'This no longer exists on the server.',
  409: 'The state changed in the meantime. Look again and retry.',
  413: 'The request is too large.',
  422: 'The server refused the values.',
  429: 'Too many requests. Wait a moment and retry.',
  503: 'The server is busy or starting. Retry in a moment.',
};

function text(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function fieldErrors(value: unknown): FieldError[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    const { field, message } = (entry ?? {}) as Record<string, unknown>;
    return typeof field === 'string' && typeof message === 'string' ? [{ field, message }] : [];
  });
}

function retryAfter(response: Response): number | null {
  const header = response.headers.get('retry-after');
  if (header === null) return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return Math.max(1, Math.ceil(seconds));
  const at = Date.parse(header);
  return Number.isNaN(at) ? null : Math.max(1, Math.ceil((at - Date.now()) / 1000));
}

export function fromResponse(response: Response, body: unknown): ApiError {
  const problem = (body !== null && typeof body === 'object' ? body : {}) as Record<string, unknown>;
  const detail = text(problem.detail) ?? text(problem.title);
  const generic = BY_STATUS[response.status];
  // 401 and 403 details are for machines more often than for people, so the plain sentence leads.
  const plain = response.status === 401 || response.status === 403;
  const message =
    (plain ? (generic ?? detail) : (detail ?? generic)) ??
    `The server answered with an error (${response.status}).`;
  return new ApiError(
    response.status,
    text(problem.code) ?? `http_${response.status}`,
    message,
    fieldErrors(problem.errors),
    retryAfter(response),
    text(problem.correlation_id) ?? response.headers.get('x-request-id'),
  );
}

export function fromUnknown(cause: unknown): ApiError {
  if (cause instanceof ApiError) return cause;
  return new ApiError(0, 'network', UNREACHABLE);
}
