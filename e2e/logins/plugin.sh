#!/bin/sh
# A credential plugin that behaves as the profile of its cluster says: well, or as no plugin should.
# SEEN is a folder for what it saw, LIFE the seconds that its tokens last.

server=${KUBERNETES_EXEC_INFO#*'"server":"'}
server=${server%%'"'*}

ends() { date -u -d "+$LIFE seconds" +%Y-%m-%dT%H:%M:%SZ 2>/dev/null || date -u -v "+${LIFE}S" +%Y-%m-%dT%H:%M:%SZ; }

answer() {
  printf '{"apiVersion":"client.authentication.k8s.io/%s","kind":"ExecCredential","status":{"token":"%s","expirationTimestamp":"%s"}}' \
    "${2:-v1}" "$1" "$(ends)"
}

case $KUBERNETES_EXEC_INFO in
*'"temper":"counted"'*)
  echo "+ $server" >>"$SEEN/runs"
  sleep 0.03
  answer "canary-$server-$$-$(date +%s)"
  echo "- $server" >>"$SEEN/runs"
  ;;
*'"temper":"good"'*)
  env >"$SEEN/environment"
  answer "canary-$server-$$"
  ;;
*'"temper":"slow"'*)
  trap '' TERM
  while :; do sleep 1; done
  ;;
*'"temper":"loud"'*) exec head -c 100000000 /dev/zero ;;
*'"temper":"spilling"'*)
  env
  env >&2
  exit 1
  ;;
*'"temper":"failing"'*)
  answer "canary-$server-$$"
  echo "cannot use token canary-$server-$$" >&2
  echo "Authorization: Bearer canary-bearer-$$-0123456789abcdef" >&2
  exit 1
  ;;
*'"temper":"splitting"'*) answer "canary-$server\\r\\nX-Injected: yes" ;;
*'"temper":"old"'*) answer "canary-$server" v1alpha1 ;;
*'"temper":"forking"'*)
  sleep 600 &
  echo $! >"$SEEN/child"
  answer "canary-$server-$$"
  ;;
esac
