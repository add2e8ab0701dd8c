import type { HttpReply } from '../httpSender.ts';
import { ownProperty, parseJson } from '../odata.ts';

/**
 * Whether an answer comes from an API with the error bodies of Azure Resource Manager, `{"error":{"code":…}}`, or of
 * MK.IO, which may have a text there, but a `ref` then: gateways answer in JSON too.
 */
export function isFromV3Api(reply: HttpReply): boolean {
  if (reply.status >= 200 && reply.status < 300) {
    return true;
  }
  if (!/\bjson\b/i.test(reply.header('content-type') ?? '')) {
    return false;
  }
  try {
    const body = parseJson(reply.body);
    const error = ownProperty(body, 'error');
    const isText = typeof error === 'string' && typeof ownProperty(body, 'ref') === 'string';
    return isText || typeof ownProperty(error, 'code') === 'string';
  } catch {
    return false;
  }
}
