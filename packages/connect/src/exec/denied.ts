// Names by which a process is made to load or run something else, to read or write other files, to speak to somebody else or to be
// somebody else. No allow-list goes above them: what they do is not for the author of a profile to choose.
const variables: readonly RegExp[] = [
  // What runs, and what is loaded into it.
  /^(?:LD|DYLD|GCONV|GLIBC|MALLOC|BASH|NODE|ELECTRON|NPM|YARN|DENO|BUN|PYTHON|PIP|UV|PERL\d?|RUBY|GEM|BUNDLE|JAVA|_JAVA|JDK|CLASSPATH|DOTNET|CORECLR|COMPLUS|MONO|LUA|PHP|TCL|ERL|NIX)(?:_|$)/,
  /^(?:PYTHON|PERL|RUBY|LUA|GO)[A-Z0-9]+$/,
  /^(?:ENV|IFS|SHELLOPTS|BASHOPTS|PS4|PROMPT_COMMAND|ZDOTDIR|LESSOPEN|LESSCLOSE|MAKEFLAGS)$/,
  /(?:^|_)(?:SHELL|EDITOR|VISUAL|PAGER|MANPAGER|BROWSER|ASKPASS)$/,
  // Where files are.
  /^(?:HOME|PWD|OLDPWD|TMP|TEMP|TMPDIR|XDG_.*|TZDIR|TERMINFO.*|NETRC|WGETRC|INPUTRC|KRB5.*)$/,
  /(?:PATH|(?<!PRO)FILE)$/,
  /_(?:FILES|DIR|DIRECTORY|HOME|PATHS|BUNDLE|CERT|CERTS|CONFIG|OPTIONS|OPTS|ARGS|COMMAND|CMD|EXEC|EXECUTABLE|EXECUTABLES|PRELOAD)$/,
  /(?:^|_)(?:DEBUG|TRACE|LOG|LOGGING|LOG_LEVEL)$/,
  // To whom it speaks.
  /(?:^|_)PROXY(?:_|$)/,
  /^(?:SSL|CURL|OPENSSL|GIT|SSH|KUBERNETES|KUBE|GRPC|CLOUDSDK|RES|RESOLV)_/,
  /^(?:KUBECONFIG|HOSTALIASES|LOCALDOMAIN|REQUESTS_CA_BUNDLE|SSLKEYLOGFILE)$/,
  /_(?:ENDPOINT|ENDPOINTS)(?:_|$)/,
  // Azure's own authorities have names that are known, and are looked at below.
  /^(?!AZURE_AUTHORITY_HOST$).*_(?:HOST|HOSTS|HOSTNAME|IP|URL|URI|ADDR|ADDRESS|SERVER|AUTHORITY|ISSUER|DOMAIN|PORT)$/,
  /^AWS_(?:CONTAINER|EC2|STS|ENDPOINT|IGNORE|USE|SDK)_/,
  // Who it is, and where it looks for a credential.
  /^(?:NAMESPACE|POD_NAMESPACE)$/,
  /^(?:MSI|IMDS|IDENTITY)_/,
  /(?:^|_)(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|CREDENTIALS|ASSERTION|JWT|KEY|ACCESS_KEY_ID)$/,
];

const flags: readonly RegExp[] = [
  /^(?:kube-?)?config$|^kubeconfig/,
  /^(?:server|apiserver|master|cluster|context|user|namespace|as|as-.*|impersonate.*)$/,
  /^(?:output|format|template|v|vmodule|verbose|debug)$/,
  /(?:^|-)(?:exec|plugin|command|cmd|shell|script|hook|process|pager|editor|browser|require|import|eval|load|loader|preload|include)(?:-|$)/,
  /(?:^|-)(?:host|hosts|hostname|url|uri|addr|address|authority|issuer|domain|port|listen|tls|header|headers)(?:-|$)/,
  /(?:^|-)(?:file|files|dir|directory|home|path|cache|bundle|cert|certs|certificate|ca|proxy|proxy-url|endpoint|endpoint-url|log|trace)(?:-|$)/,
  /(?:^|-)(?:token|secret|password|passphrase|credential|credentials|assertion|jwt|key|key-id)$/,
  // The AWS CLI takes a whole call from there, or from a file.
  /^cli-input-/,
  /insecure|skip|no-verify/,
];

/** Whether a profile may never set this variable, whatever the operator allows. */
export function isDeniedVariable(name: string): boolean {
  return variables.some((each) => each.test(name.toUpperCase()));
}

const azureAuthority =
  /^https:\/\/login\.(?:microsoftonline\.(?:com|us|de)|partner\.microsoftonline\.cn|chinacloudapi\.cn|windows\.net)\/?$/;

/** Whether a profile may never give a variable this value, whatever pattern the operator allows: to some hosts a credential is sent. */
export function isDeniedValue(name: string, value: string): boolean {
  return name === "AZURE_AUTHORITY_HOST" && !azureAuthority.test(value);
}

/** Whether a profile may never give this argument (`--name`), whatever the operator allows. */
export function isDeniedArgument(name: string): boolean {
  const word = name.replace(/^-+/, "").replaceAll("_", "-").toLowerCase();
  // A single letter means another thing in every program.
  return word.length < 2 || flags.some((each) => each.test(word));
}
