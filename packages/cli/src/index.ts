export { type BuildInfo, buildInfo, describeVersion, versionOf } from './build-info.ts';
export { completionCommands } from './completion/entries.ts';
export { DURATION_EXAMPLES, formatDuration, parseDuration } from './duration.ts';
export { codeOf, EXIT, explain, systemError, UsageError, UserError } from './errors.ts';
export { type Io, runBin } from './io.ts';
export { createLog, LOG_LEVELS, type Log, type LogLevel } from './log.ts';
export { makeDirectory } from './make-directory.ts';
export type { Manual } from './manual.ts';
export {
  choice,
  duration,
  type Option,
  type OptionSet,
  onOff,
  option,
  secret,
  serverAddress,
  size,
  text,
  toggle,
  type Values,
} from './option.ts';
export { PACKAGED } from './packaged.ts';
export { type FindProfile, type Profile, profileName, type Variables } from './profile.ts';
export {
  type Command,
  type CommandEntry,
  type Context,
  command,
  declaredOptions,
  type Program,
  runProgram,
} from './program.ts';
export { type Replacement, replaceFile } from './replace-file.ts';
export { ServiceManager } from './service-manager/service-manager.ts';
export { parseSize, SIZE_EXAMPLES } from './size.ts';
export { socketStateOf } from './socket-state.ts';
export { counted, formatBytes, formatTable, formatTime } from './table.ts';
export { readClientTls, readTlsFiles, tlsOptions } from './tls-files.ts';
export { when } from './when.ts';
