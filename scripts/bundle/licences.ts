import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface PackageLicence {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly text: string;
}

/**
 * Licences of the packages that bundled files come from, sorted by package.
 *
 * @param inputs paths relative to `root`, as esbuild's metafile has them
 * @throws Error when a package has neither a licence file nor a licence in its package.json
 */
export async function licenceTexts(root: string, inputs: readonly string[]): Promise<string> {
  const folders = new Set(inputs.map(packageFolder).filter((folder) => folder !== undefined));
  const licences = await Promise.all([...folders].sort().map((folder) => licenceOf(join(root, folder))));
  const sections = licences
    .map(({ name, version, licence, text }) => `${name} ${version} (${licence})\n\n${text}`.trimEnd())
    .join(`\n\n${'-'.repeat(80)}\n\n`);
  return `Licences of the packages that are part of this bundle.\n\n${sections}\n`;
}

/** The innermost package that a file belongs to; undefined for our own files. */
function packageFolder(file: string): string | undefined {
  return /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1];
}

async function licenceOf(folder: string): Promise<PackageLicence> {
  const manifest: unknown = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
  const name = textField(manifest, 'name');
  const licence = textField(manifest, 'license') || oldStyleLicences(manifest);
  const files = (await readdir(folder)).filter((file) => /^(?:licen[cs]e|copying|notice)/i.test(file)).sort();
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  if (texts.length === 0 && licence === '') throw new Error(`Package ${name} states no licence`);
  return {
    name,
    version: textField(manifest, 'version'),
    licence,
    text: texts.map((text) => text.replaceAll('\r\n', '\n').trim()).join('\n\n'),
  };
}

function textField(manifest: unknown, name: string): string {
  if (typeof manifest !== 'object' || manifest === null) return '';
  const field: unknown = Reflect.get(manifest, name);
  return typeof field === 'string' ? field : '';
}

/** What packages wrote before SPDX expressions: a list of `{ type, url }`. */
function oldStyleLicences(manifest: unknown): string {
  const field: unknown =
    typeof manifest === 'object' && manifest !== null && Reflect.get(manifest, 'licenses');
  return Array.isArray(field) ? field.map((licence: unknown) => textField(licence, 'type')).join(', ') : '';
}
