import type { AssetReference, OutputAsset, TaskBody } from '../simulation/taskBody.ts';
import { badRequest } from './errors.ts';

/** AssetCreationOptions where a body does not say: the documented default, StorageEncrypted. */
const defaultCreationOptions = 1;
const creationOptions = [0, 1, 2, 4];
const formatOptions = [0, 1];

/** Its name is decided once the whole job is known. */
type ParsedOutput = Omit<OutputAsset, 'name'> & { readonly name: string | null };
export type ParsedBody = Omit<TaskBody, 'outputs'> & { readonly outputs: readonly ParsedOutput[] };

const insignificant = /(?:\s+|<!--[\s\S]*?-->)*/y;
const elementPattern =
  /<(?<name>inputAsset|outputAsset)(?<attributes>(?:\s+[A-Za-z:]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*>(?<text>[^<]*)<\/\k<name>\s*>/y;
const attributePattern = /\s+(?<name>[A-Za-z:]+)\s*=\s*(?:"(?<double>[^"]*)"|'(?<single>[^']*)')/gy;

/**
 * Reads a TaskBody (MS docs "Task"): `taskBody` with any number of `inputAsset` and `outputAsset`, whatever encoding its
 * header names.
 *
 * @throws ODataError 400
 */
export function parseTaskBody(xml: string): ParsedBody {
  const { inner } =
    /^\uFEFF?\s*(?:<\?xml[^?]*\?>\s*)?<taskBody(?:\s[^<>]*)?>(?<inner>[\s\S]*)<\/taskBody\s*>\s*$/.exec(xml)?.groups ??
    {};
  if (inner === undefined) {
    throw malformed('a taskBody element is expected');
  }
  const inputs: AssetReference[] = [];
  const outputs: ParsedOutput[] = [];
  let position = skip(inner, 0);
  while (position < inner.length) {
    const pattern = new RegExp(elementPattern);
    pattern.lastIndex = position;
    const { name, attributes = '', text = '' } = pattern.exec(inner)?.groups ?? {};
    if (name === undefined) {
      throw malformed('only inputAsset and outputAsset are known in a taskBody');
    }
    const reference = readReference(unescapeXml(text).trim());
    if (name === 'inputAsset') {
      inputs.push(reference);
    } else {
      outputs.push(readOutput(reference, attributes));
    }
    position = skip(inner, pattern.lastIndex);
  }
  if (inputs.length === 0 || outputs.length === 0) {
    throw malformed('a task has one or more inputs and one or more outputs');
  }
  return { inputs, outputs };
}

function readReference(text: string): AssetReference {
  const { kind, index } = /^Job(?<kind>Input|Output)Asset\((?<index>\d{1,4})\)$/.exec(text)?.groups ?? {};
  if (kind === undefined) {
    throw malformed(`'${text}' is neither JobInputAsset(n) nor JobOutputAsset(n)`);
  }
  return { kind: kind === 'Input' ? 'input' : 'output', index: Number(index) };
}

function readOutput({ kind, index }: AssetReference, text: string): ParsedOutput {
  if (kind !== 'output') {
    throw malformed('an outputAsset must be a JobOutputAsset(n)');
  }
  const attributes = new Map<string, string>();
  for (const { groups } of text.matchAll(attributePattern)) {
    attributes.set(groups?.['name'] ?? '', unescapeXml(groups?.['double'] ?? groups?.['single'] ?? ''));
  }
  const name = attributes.get('assetName') ?? '';
  return {
    index,
    name: name === '' ? null : name,
    creationOptions: readOption(attributes, 'assetCreationOptions', creationOptions, defaultCreationOptions),
    formatOption: readOption(attributes, 'assetFormatOption', formatOptions, 0),
    storageAccountName: attributes.get('storageAccountName') ?? null,
  };
}

function readOption(
  attributes: ReadonlyMap<string, string>,
  name: string,
  allowed: readonly number[],
  absent: number,
): number {
  const text = attributes.get(name);
  const value = text === undefined ? absent : allowed.find((one) => String(one) === text.trim());
  if (value === undefined) {
    throw malformed(`${name} cannot be '${text}'`);
  }
  return value;
}

function skip(text: string, from: number): number {
  const pattern = new RegExp(insignificant);
  pattern.lastIndex = from;
  pattern.exec(text);
  return pattern.lastIndex;
}

const entities: ReadonlyMap<string, string> = new Map([
  ['amp', '&'],
  ['lt', '<'],
  ['gt', '>'],
  ['quot', '"'],
  ['apos', "'"],
]);

function unescapeXml(text: string): string {
  return text.replace(/&(?:#(\d{1,7})|#x([0-9a-fA-F]{1,6})|(\w+));/g, (whole, decimal, hex, name: string) => {
    const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
    const character = Number.isNaN(code)
      ? entities.get(name)
      : code <= 0x10_ffff
        ? String.fromCodePoint(code)
        : undefined;
    if (character === undefined) {
      throw malformed(`'${whole}' is no character`);
    }
    return character;
  });
}

function malformed(why: string): Error {
  return badRequest(`The TaskBody is not valid: ${why}.`);
}
