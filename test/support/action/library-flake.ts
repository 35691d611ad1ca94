import { hostSystem, shellBuild } from './flake.ts';
import { createWorkspace, type Workspace } from './workspace.ts';

/** Two jobs that share a dependency, which is referred to by what it is needed for. */
export function createLibraryWorkspace(): Promise<Workspace> {
  const library = shellBuild({ name: 'library', script: 'echo lib > "$out"' });
  const needs = { library };
  const script = 'echo "$library" > "$out"';
  return createWorkspace({
    checks: {
      [hostSystem]: {
        one: shellBuild({ name: 'one', needs, script }),
        two: shellBuild({ name: 'two', needs, script: `${script}; read -r line < "$library"` }),
      },
    },
  });
}
