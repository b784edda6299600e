import { resolve } from 'node:path';
import { type Context, command, formatTable, secret, serverAddress, tlsOptions, UsageError } from '@perfcollector/cli';
import { contextOf } from '../contexts/choose-context.ts';
import { contextPath, readContexts, type ServerContext, writeContexts } from '../contexts/context-file.ts';

const contextName = [
  {
    name: '<name>',
    about: 'What you call the server.',
    suggest: (_: unknown, { env }: Context['io']) => Object.keys(readContexts(env).contexts),
  },
];

const tls = tlsOptions('PCCTL');
/** What is kept is said on the command line: a variable that happens to be set is not meant. */
const unset = { env: [] };

/** A context as it may be shown: without its key. */
interface Shown extends Omit<ServerContext, 'apiKey'> {
  readonly name: string;
  readonly has_key: boolean;
  readonly is_current: boolean;
}

function shown(name: string, { apiKey, ...rest }: ServerContext, current: string | undefined): Shown {
  return { name, ...rest, has_key: apiKey !== undefined, is_current: name === current };
}

export const add = command({
  args: [
    { name: '<name>', about: 'What to call the server; one of that name is replaced.' },
    { name: '<url>', about: 'Its address, such as https://pcd.example.org:8443.' },
  ],
  options: {
    apiKey: secret({
      flag: '--apikey-file <path>',
      about: 'The key to use there, kept with the context; - takes it from standard input.',
    }),
    ca: { ...tls.ca, ...unset },
    cert: { ...tls.cert, ...unset },
    key: { ...tls.key, ...unset },
  },
  async run({ apiKey, ca, cert, key }, { io: { env }, args: [name = '', url = ''] }): Promise<Shown> {
    const made: ServerContext = {
      server: addressOf(url),
      ...(apiKey !== undefined && { apiKey }),
      ...wholePaths({ ca, cert, key }),
    };
    const { current = checkedName(name), contexts } = readContexts(env);
    writeContexts(env, { current, contexts: { ...contexts, [name]: made } });
    return shown(name, made, current);
  },
  print: ({ name, server, is_current }) =>
    `${name} is ${server}${is_current ? '; it is used where no other is named' : `; choose it with: pcctl context use ${name}`}\n`,
});

const address = serverAddress({ flag: '<url>', about: '' });

function addressOf(url: string): string {
  try {
    return address.parse(url) ?? url;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function checkedName(name: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) return name;
  throw new UsageError(`${JSON.stringify(name)} is no name of a context; expected up to 64 letters, digits and . _ -`);
}

/** The command that uses them may be run in another directory. */
function wholePaths(files: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given = Object.entries(files).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(given.map(([name, path]) => [name, resolve(path)]));
}

export const list = command({
  options: {},
  async run(_, { io: { env } }): Promise<Shown[]> {
    const { current, contexts } = readContexts(env);
    return Object.entries(contexts).map(([name, one]) => shown(name, one, current));
  },
  print: (contexts, _, { io: { env } }) =>
    contexts.length === 0
      ? `no contexts in ${contextPath(env)}; make one with: pcctl context add\n`
      : formatTable([
          ['', 'NAME', 'SERVER', 'KEY'],
          ...contexts.map(({ name, server, has_key, is_current }) => [
            is_current ? '*' : '',
            name,
            server,
            has_key ? 'kept' : 'none',
          ]),
        ]),
});

export const use = command({
  args: contextName,
  options: {},
  async run(_, { io: { env }, args: [name = ''] }): Promise<Shown> {
    const known = readContexts(env);
    const chosen = contextOf(known, name);
    writeContexts(env, { ...known, current: name });
    return shown(name, chosen, name);
  },
  print: ({ name, server }) => `${name} (${server}) is used where no other is named\n`,
});

export const remove = command({
  args: contextName,
  options: {},
  async run(_, { io: { env }, args: [name = ''] }) {
    const known = readContexts(env);
    contextOf(known, name);
    const { [name]: removed, ...contexts } = known.contexts;
    writeContexts(env, { contexts, ...(known.current !== name && { current: known.current }) });
    return { name, was_current: known.current === name };
  },
  print: ({ name, was_current }) =>
    `removed ${name}${was_current ? '; no context is chosen now: pcctl context use' : ''}\n`,
});

export const show = command({
  args: [{ ...contextName[0], name: '[name]', about: 'Which; the chosen one where it is not given.' }],
  options: {},
  async run(_, { io: { env }, args: [name] }): Promise<Shown> {
    const known = readContexts(env);
    const wanted = name ?? env.PCCTL_CONTEXT ?? known.current;
    if (wanted === undefined) throw new UsageError('no context is chosen', 'Choose one with: pcctl context use');
    return shown(wanted, contextOf(known, wanted), known.current);
  },
  print: ({ name, server, ca, cert, key, has_key, is_current }) =>
    formatTable([
      ['name', name],
      ['server', server],
      ['API key', has_key ? 'kept' : 'none'],
      ...Object.entries({ CA: ca, certificate: cert, 'private key': key }).flatMap(([what, path]) =>
        path ? [[what, path]] : [],
      ),
      ['chosen', is_current ? 'yes' : 'no'],
    ]),
});
