/**
 * What makes a shell ask the program itself what may stand at the cursor: `<program> __complete <shell> …` answers a
 * candidate a line, its description behind a tab, and last what paths to offer (`:files`, `:directories`, `:none`).
 */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

export function scriptFor(shell: Shell, program: string): string {
  return SCRIPTS[shell].replaceAll('PROGRAM', program);
}

// Bash breaks words at = and :, so it hands the line over as it is, and gets what stands behind the last break.
const BASH = `# bash completion of PROGRAM: eval "$(PROGRAM completion bash)"
_PROGRAM_complete() {
  local line current=\${COMP_WORDS[COMP_CWORD]}
  [[ $current == [=:] ]] && current=
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current") ;;
      :directories) compopt -o filenames 2>/dev/null
        while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -d -- "$current") ;;
      :none) ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(PROGRAM __complete bash "\${COMP_LINE:0:COMP_POINT}" 2>/dev/null)
}
complete -F _PROGRAM_complete PROGRAM
`;

const ZSH = `#compdef PROGRAM
# zsh completion of PROGRAM: source <(PROGRAM completion zsh), or put it as _PROGRAM into a directory of $fpath
_PROGRAM() {
  local line
  local -a described
  for line in "\${(@f)$(PROGRAM __complete zsh "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    case $line in
      :files) _files ;;
      :directories) _files -/ ;;
      :none|'') ;;
      *) described+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}") ;;
    esac
  done
  if (( $#described )); then _describe -V PROGRAM described; fi
}
if [[ $funcstack[1] == _PROGRAM ]]; then _PROGRAM "$@"; else compdef _PROGRAM PROGRAM; fi
`;

const FISH = `# fish completion of PROGRAM: PROGRAM completion fish | source
function __PROGRAM_complete
    set -l current (commandline -ct)
    set -l words (commandline -opc) "$current"
    for line in (PROGRAM __complete fish $words[2..-1] 2>/dev/null)
        switch $line
            case ':files'
                __fish_complete_path "$current"
            case ':directories'
                __fish_complete_directories "$current"
            case ':none'
            case '*'
                echo $line
        end
    end
end
complete -c PROGRAM -f -a '(__PROGRAM_complete)'
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
