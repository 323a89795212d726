// Names by which a process is made to load or run something else, to read or write other files, to speak to somebody else or to be
// somebody else. No allow-list goes above them: what they do is not for the author of a profile to choose.
const variables: readonly RegExp[] = [
  // What runs, and what is loaded into it.
  /^(?:LD|DYLD|GCONV|GLIBC|MALLOC|BASH|NODE|NPM|PYTHON|PERL\d?|RUBY|GEM|BUNDLE|JAVA|_JAVA|JDK|CLASSPATH|DOTNET|CORECLR|COMPLUS|LUA|PHP|TCL)(?:_|$)/,
  /^(?:PYTHON|PERL|RUBY|LUA|GO)[A-Z0-9]+$/,
  /^(?:PATH|ENV|IFS|SHELL|SHELLOPTS|BASHOPTS|PS4|CDPATH|PROMPT_COMMAND|EDITOR|VISUAL|PAGER|BROWSER|ZDOTDIR)$/,
  // Where files are.
  /^(?:HOME|PWD|OLDPWD|TMP|TEMP|TMPDIR|XDG_.*|LOCPATH|NLSPATH|TZDIR|TERMINFO.*)$/,
  /_(?:FILE|FILES|DIR|DIRECTORY|HOME|PATH|PATHS|BUNDLE|CERT|CERTS|CONFIG|OPTIONS|OPTS|ARGS|COMMAND|CMD|EXEC|EXECUTABLE|EXECUTABLES|PRELOAD|LOG|TRACE)$/,
  // To whom it speaks.
  /(?:^|_)PROXY(?:_|$)/,
  /^(?:SSL|CURL|OPENSSL|GIT|SSH|KUBERNETES|KUBE|GRPC|CLOUDSDK|RES|RESOLV)_/,
  /^(?:KUBECONFIG|HOSTALIASES|LOCALDOMAIN|REQUESTS_CA_BUNDLE|SSLKEYLOGFILE)$/,
  /_(?:ENDPOINT|ENDPOINTS)(?:_|$)/,
  /^AWS_(?:CONTAINER|EC2|STS|ENDPOINT|IGNORE|USE|SDK)_/,
  // Who it is, and where it looks for a credential.
  /^(?:NAMESPACE|POD_NAMESPACE)$/,
  /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|CREDENTIAL|CREDENTIALS|KEY|ACCESS_KEY_ID)$/,
];

const flags: readonly RegExp[] = [
  /^(?:kube-?)?config$|^kubeconfig/,
  /^(?:server|apiserver|master|host|cluster|context|user|namespace|as|as-.*|impersonate.*)$/,
  /^(?:output|format|template|exec|plugin|command|shell|v|vmodule|verbose|debug)$/,
  /(?:^|-)(?:file|files|dir|directory|home|path|cache|bundle|cert|certs|certificate|ca|proxy|proxy-url|endpoint|endpoint-url|log|trace)(?:-|$)/,
  /(?:^|-)(?:token|secret|password|credential|credentials|key)$/,
  /insecure|skip|no-verify/,
];

/** Whether a profile may never set this variable, whatever the operator allows. */
export function isDeniedVariable(name: string): boolean {
  return variables.some((each) => each.test(name.toUpperCase()));
}

/** Whether a profile may never give this argument (`--name`), whatever the operator allows. */
export function isDeniedArgument(name: string): boolean {
  const word = name.replace(/^-+/, "").replaceAll("_", "-").toLowerCase();
  // A single letter means another thing in every program.
  return word.length < 2 || flags.some((each) => each.test(word));
}
