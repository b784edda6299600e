import { type FindProfile, profileName, UsageError } from '@perfcollector/cli';
import { type Contexts, readContexts, type ServerContext } from './context-file.ts';

/** Which server, of those that the user has named. */
export const contextOption = profileName({
  flag: '--context <name>',
  env: 'PCCTL_CONTEXT',
  about: 'The server and its key by the name that `pcctl context add` gave them.',
  suggest: (env) => Object.keys(readContexts(env).contexts),
  find: (name, env) => findContext(name, env),
});

const findContext: FindProfile = (name, env) => {
  const known = readContexts(env);
  const chosen = name ?? known.current;
  if (chosen === undefined) return undefined;
  const { server, apiKey, ca, cert, key } = contextOf(known, chosen);
  const variables = { PCCTL_SERVER: server, PCCTL_APIKEY: apiKey, PCCTL_CA: ca, PCCTL_CERT: cert, PCCTL_KEY: key };
  return { title: `the context ${chosen}`, variables, anchor: 'PCCTL_SERVER' };
};

/** @throws UsageError where there is none of that name: it says which there are */
export function contextOf({ contexts }: Contexts, name: string): ServerContext {
  const found = Object.hasOwn(contexts, name) ? contexts[name] : undefined;
  if (found) return found;
  const names = Object.keys(contexts);
  const hint =
    names.length > 0 ? `There are: ${names.join(', ')}.` : 'There is none yet; make one with: pcctl context add';
  throw new UsageError(`there is no context ${JSON.stringify(name)}`, hint);
}
