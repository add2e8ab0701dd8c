import { ODataError } from '../api/errors.ts';
import type { MkioResource } from './route.ts';

/** What a restricted token may do, as MediaKind docs "Tokens" write it: by project and resource, in verbs. */
export type Permissions = Readonly<
  Record<'core.project', Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>>
>;

const verbs: Readonly<Record<string, string>> = { GET: 'get', POST: 'create', PATCH: 'update', DELETE: 'delete' };

/** Those of a token that can watch, and nothing else. */
export function readOnly(projectId: string): Permissions {
  return { 'core.project': { [projectId]: { 'ams.job': ['get'], 'ams.transform': ['get'] } } };
}

/**
 * Canceling needs the right to create (MK.IO Media API).
 *
 * @param permissions undefined for those of a token that is not restricted
 * @throws ODataError 403
 */
export function checkPermission(
  permissions: Permissions | undefined,
  projectId: string,
  { kind }: MkioResource,
  method = '',
): void {
  if (!permissions || kind === 'projects') {
    return;
  }
  const capability = kind.startsWith('transform') ? 'ams.transform' : 'ams.job';
  const verb = verbs[method] ?? '';
  if (!permissions['core.project'][projectId]?.[capability]?.includes(verb)) {
    throw new ODataError(403, `The token lacks the permission '${capability}.${verb}'.`);
  }
}
