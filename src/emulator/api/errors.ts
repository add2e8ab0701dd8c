/** A refusal the service answers in OData's error form; `code` is empty as in the one recorded error. */
export class ODataError extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'ODataError';
    this.status = status;
  }
}

/** 400: malformed, undefined or unsupported (MS docs "Azure Media Services error codes"). */
export function badRequest(message: string): ODataError {
  return new ODataError(400, message);
}

/** 404: the entity or the address does not exist. */
export function notFound(message: string): ODataError {
  return new ODataError(404, message);
}
