import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readContract, renderReadme, replaceSection } from '../../../scripts/docs/tables.ts';
import { inputSchema } from '../../../src/inputs/schema.ts';

const root = join(import.meta.dirname, '../../..');
const actionText = await readFile(join(root, 'action.yml'), 'utf8');
const workflowText = await readFile(join(root, '.github/workflows/ci-workflow.yml'), 'utf8');
const readme = await readFile(join(root, 'README.md'), 'utf8');
const contract = readContract(actionText, workflowText);

describe('action.yml', () => {
  it('has the inputs and defaults of the schema, in its order', () => {
    const described = contract.inputs.map((input) => [input.name, input.default]);
    expect(described).toEqual(Object.entries(inputSchema).map(([name, field]) => [name, field.default]));
  });

  it('describes every input and output', () => {
    for (const field of [...contract.inputs, ...contract.outputs]) {
      expect(field.description, field.name).toMatch(/\.$/);
    }
  });

  it('runs the bundle on node24', () => {
    expect(parse(actionText)).toMatchObject({
      runs: { using: 'node24', main: 'dist/index.js', post: 'dist/post.js', 'post-if': 'always()' },
    });
  });
});

describe('ci-workflow.yml', () => {
  const secrets = new Set(contract.workflowSecrets.map(({ name }) => name));
  // Its job has no permission to write checks: a caller that does not grant it could not start the workflow.
  const onlyAction = new Set(['check_runs', 'github_token']);
  const handedOn = contract.inputs.filter(({ name }) => !onlyAction.has(name));
  const passedOn = handedOn.filter(({ name }) => !secrets.has(name));

  it('takes every input of the action that is no secret, with its default and meaning', () => {
    const inputs = new Map(contract.workflowInputs.map((input) => [input.name, input]));
    const plain = (text: string) => text.replaceAll('`', '').replaceAll(/\s+/g, ' ');
    for (const input of passedOn) {
      expect(inputs.get(input.name)?.default, input.name).toBe(input.default);
      expect(plain(inputs.get(input.name)?.description ?? '')).toBe(plain(input.description));
    }
  });

  it('hands the action all of them', () => {
    for (const { name } of handedOn) {
      expect(workflowText).toMatch(
        new RegExp(`^ +${name}: \\$\\{\\{ (?:inputs|secrets)\\.${name}\\b.* \\}\\}$`, 'm'),
      );
    }
  });

  it('has every output that is of use in another job, with its meaning', () => {
    const ofTheJob = /^(?:stores|artifact_dir|\w+_path)$/;
    const plain = ({ name, description }: { readonly name: string; readonly description: string }) =>
      `${name}: ${description.replaceAll('`', '').replaceAll(/\s+/g, ' ')}`;
    const expected = contract.outputs.filter(({ name }) => !ofTheJob.test(name));
    expect(contract.workflowOutputs.map(plain).sort()).toEqual(expected.map(plain).sort());
    for (const { name } of expected) {
      expect(workflowText).toContain(`value: \${{ jobs.build.outputs.${name} }}`);
      expect(workflowText).toContain(`${name}: \${{ steps.build.outputs.${name} }}`);
    }
  });

  it('has every input, secret and output of the workflow that it replaces', () => {
    const names = (fields: readonly { readonly name: string }[]) => fields.map(({ name }) => name);
    expect(names(contract.workflowInputs)).toEqual(
      expect.arrayContaining(
        `skip_nix_install nix_version nix_conf nix_args oidc ignore_build_failures fail_fast runs_on filter_builds
        label_builds flake pre_evaluation_script pre_build_script generate_build_summary settings tags lfs nix_on_tmpfs
        artifact_prefix`.split(/\s+/),
      ),
    );
    expect(names(contract.workflowSecrets)).toEqual(
      expect.arrayContaining(['nixbuild_ssh_key', 'nixbuild_token', 'github_access_token']),
    );
    expect(names(contract.workflowOutputs)).toEqual(expect.arrayContaining(['success', 'results']));
  });
});

describe('README.md', () => {
  it('has the tables of action.yml and ci-workflow.yml', () => {
    expect(renderReadme(readme, contract)).toBe(readme);
  });

  it('notices a missing section', () => {
    expect(() => replaceSection('no markers', 'inputs', '')).toThrow('<!-- begin inputs -->');
  });
});
