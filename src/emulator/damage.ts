import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';

/** What is to be wrong with an answer. */
export interface Damage {
  /** Closes the connection after half of the body. */
  readonly cutBody?: boolean;
  /** Takes the place of the true one. */
  readonly contentType?: string;
}

/**
 * Makes sure that whatever is answered goes out damaged. The response's own methods are replaced, so that those who
 * answer need not know.
 */
export function damageAnswer(response: ServerResponse, { cutBody = false, contentType }: Damage): void {
  if (contentType !== undefined) {
    const writeHead = response.writeHead.bind(response);
    Object.assign(response, {
      writeHead: (status: number, headers: readonly string[] | OutgoingHttpHeaders) =>
        writeHead(status, withType(headers, contentType)),
    });
  }
  if (cutBody) {
    Object.assign(response, {
      end: (body: string | Buffer = '') => {
        const bytes = Buffer.from(body);
        response.flushHeaders();
        response.write(bytes.subarray(0, bytes.length >> 1), () => response.destroy());
      },
    });
  }
}

/** Headers are raw (name, value, name, value, …) or a table. */
function withType(headers: readonly string[] | OutgoingHttpHeaders, contentType: string) {
  if (!isRaw(headers)) {
    return { ...headers, 'Content-Type': contentType };
  }
  return headers.map((text, index) =>
    index % 2 === 1 && headers[index - 1]?.toLowerCase() === 'content-type' ? contentType : text,
  );
}

function isRaw(headers: readonly string[] | OutgoingHttpHeaders): headers is readonly string[] {
  return Array.isArray(headers);
}
