export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Lines for the person who reads a terminal or a unit's journal. */
export type Log = Readonly<Record<Exclude<LogLevel, 'silent'>, (message: string) => void>>;

/** A stream that text is written to, or something that stands before one. */
interface TextStream {
  write(text: string): unknown;
}

export function createLog(name: string, level: LogLevel, stream: TextStream): Log {
  const line = (of: LogLevel) => (message: string) => {
    if (LOG_LEVELS.indexOf(of) < LOG_LEVELS.indexOf(level)) return;
    stream.write(`${name}: ${of === 'info' ? '' : `${of}: `}${message}\n`);
  };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}
