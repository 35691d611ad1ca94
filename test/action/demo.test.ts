import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runCommand } from '../../scripts/provision/command.ts';
import { farm as farmRequirement, requires } from '../support/requirements.ts';

const { test } = requires(farmRequirement);

const root = join(import.meta.dirname, '../..');

test('the demo builds on three builders, shows the failure that it has on purpose, and says where everything lies', async () => {
  const { code, stdout, stderr } = await runCommand([process.execPath, 'scripts/demo.ts'], { cwd: root });
  expect(code, stderr).toBe(0);
  expect(stdout.match(/^builder \S+: Nix [\d.]+, .*slots$/gm)).toHaveLength(3);
  expect(stdout).toContain("broken-library-1.0> main.c:7:3: error: expected ';' before '}' token");
  expect(stdout).toMatch(/^❌ 1 failed, 1 blocked of 14 jobs$/m);
  // Commands are for GitHub; people see what they say.
  expect(stdout).not.toMatch(/^::/m);
  expect(stdout).toMatch(/^error: packages\.\S+\.broken: broken-library-1\.0 failed on /m);
  const places = [...stdout.matchAll(/^ {2}\S.*? {2,}(\.nix-dispatch\/\S+)$/gm)].map(
    ([, place = '']) => place,
  );
  expect(places).toHaveLength(4);
  for (const place of places) expect(existsSync(join(root, place)), place).toBe(true);
});
