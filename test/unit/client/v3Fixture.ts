import { recordedJob } from '../emulator/mkio/recordedJob.ts';

/** The recorded job of MK.IO with other properties. */
export function jobRecordOf(properties: Readonly<Record<string, unknown>> = {}, name: string = recordedJob.name) {
  return {
    ...recordedJob,
    name,
    id: recordedJob.id.replace(recordedJob.name, name),
    properties: { ...recordedJob.properties, ...properties },
  };
}

/** A token in the shape of a JWT. */
export function jwtOf(claims: Readonly<Record<string, unknown>>): string {
  const [head, body] = [{ alg: 'RS256', typ: 'JWT' }, claims].map((part) =>
    Buffer.from(JSON.stringify(part)).toString('base64url'),
  );
  return `${head}.${body}.${Buffer.from('signature').toString('base64url')}`;
}

/** The body of an error of MK.IO ("Media API", OpenAPI). */
export function mkioError(code: string, detail: string, status: number) {
  return { error: { code, detail, extraDetail: {} }, status, ref: 'ref-7f3a' };
}
