import { nixString } from '../attribute-path.ts';

/**
 * What an evaluator is asked about one attribute.
 *
 * - `value`: is it a derivation, a set, or something else?
 * - `app`: the same, but a set with a `program` stands for the derivation that it lies in.
 */
export type VisitMode = 'value' | 'app';

/**
 * New REPLs take a definition in one line only. Older ones show whole lines of it with each error, so it had better be in short
 * ones.
 */
export type HelperLayout = 'one-line' | 'lines';

const HELPER = '__nixDispatch';

/**
 * The lines that define our functions in a REPL. An answer is printed by `builtins.trace`, because only standard error keeps the
 * order of answers, errors and warnings; `nonce` keeps a flake's own traces from passing for answers.
 */
export function helperLines(nonce: string, layout: HelperLayout): readonly string[] {
  const text = `${HELPER} = ${HELPER_SOURCE.replace('NONCE', nixString(nonce)).trim()}`;
  return layout === 'lines' ? text.split('\n') : [text.replace(/\s+/g, ' ')];
}

/** The line that visits one attribute. The first name of the path is a variable ({@link isVariableName}). */
export function visitLine(mode: VisitMode, path: readonly string[]): string {
  const [top = '', ...rest] = path;
  return `${HELPER}.${mode} ${[top, ...rest.map(nixString)].join('.')}`;
}

/** The line whose answer says that everything before it is done, failed or not. */
export const END_LINE = `${HELPER}.end null`;

/** Whether a top-level output can be named in a REPL: it is a variable there. */
export function isVariableName(name: string): boolean {
  return /^[A-Za-z_][A-Za-z0-9_'-]*$/.test(name) && !KEYWORDS.has(name);
}

const KEYWORDS = new Set(['assert', 'else', 'if', 'in', 'inherit', 'let', 'or', 'rec', 'then', 'with']);

// Evaluating `drvPath` is what writes the `.drv` file and everything it refers to into the store. Of a failure Nix shows only
// the two outermost frames, so values are forced by plain syntax, before any builtin of ours could be one of them.
const HELPER_SOURCE = String.raw`
  let
    nonce = NONCE;
    say = value: builtins.trace (nonce + builtins.toJSON value) null;
    text = value: if builtins.isString value then builtins.unsafeDiscardStringContext value else "";
    isDerivation = value: (value.type or null) == "derivation";
    derivation = value: if "${'${value.drvPath}'}" == "" then null else say {
      kind = "derivation";
      name = text (value.name or "");
      description = text (value.meta.description or "");
      system = text (value.system or "");
      drvPath = text value.drvPath;
      outputs = builtins.listToAttrs (map
        (name: { inherit name; value = text (value.${'${name}'} or value).outPath; })
        (value.outputs or [ "out" ]));
      features = let features = value.requiredSystemFeatures or [ ]; in
        if builtins.isList features then map text features else [ ];
    };
    other = value: if builtins.isAttrs value
      then say {
        kind = "set";
        names = builtins.attrNames value;
        recurse = (value.recurseForDerivations or false) == true;
      }
      else say { kind = "other"; type = builtins.typeOf value; };
    program = app:
      let
        context = builtins.getContext app.program;
        paths = builtins.attrNames context;
        drvPath = builtins.head paths;
        outputs = context.${'${drvPath}'}.outputs or [ ];
      in
        if builtins.length paths != 1 || builtins.length outputs != 1
        then say { kind = "other"; type = "program"; }
        else say {
          kind = "program";
          inherit drvPath;
          output = builtins.head outputs;
          program = text app.program;
          description = text (app.meta.description or "");
        };
  in {
    value = value: if isDerivation value then derivation value else other value;
    app = value: if isDerivation value then derivation value
      else if "${'${value.program or ""}'}" == "" then other value
      else program value;
    end = _: builtins.trace (nonce + "end") null;
  }`;
