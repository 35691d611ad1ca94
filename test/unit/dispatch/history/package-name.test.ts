import { expect, it } from 'vitest';
import { splitPackageName } from '../../../../src/dispatch/history/package-name.ts';

it.each([
  ['hello-2.12.1', 'hello', '2.12.1'],
  ['hello-2.12.1-doc', 'hello-doc', '2.12.1'],
  ['python3.12-requests-2.32.0', 'python-requests', '3.12-2.32.0'],
  ['foo-unstable-2024-01-31', 'foo-unstable', '2024-01-31'],
  ['source-1a2b3c4', 'source', '1a2b3c4'],
  ['go-v1.2', 'go', 'v1.2'],
  ['x264', 'x264', ''],
  ['feedface-tool', 'feedface-tool', ''],
  ['lib-feedface', 'lib-feedface', ''],
  ['source', 'source', ''],
  ['7zip', '7zip', ''],
  ['1.0', '1.0', '1.0'],
])('takes %s apart', (name, stem, version) => {
  expect(splitPackageName(name)).toEqual({ stem, version });
});
