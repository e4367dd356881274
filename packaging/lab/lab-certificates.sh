# shellcheck shell=bash disable=SC2154 # variables of lab-common.sh
# Part of lab.sh: the certificates with which libvirtd and QEMU of the hosts know each other. One authority and one
# certificate for each possible host, made once for each network and kept in the cache: they cost a second of CPU.
# RSA with keyEncipherment, because libvirt refuses to use other keys for TLS.

certificates=$lab_cache/certificates-$lab_net

make_certificates() {
  local made number
  [ ! -e "$certificates/complete" ] || return 0
  made=$(mktemp -d "$lab_cache/certificates.XXXXXX")
  make_authority "$made"
  for number in $(seq 1 "$max_hosts"); do make_certificate "$made" "$number"; done
  touch "$made/complete"
  # another lab may have been quicker: then its certificates stay, since its hosts use them
  if [ -e "$certificates" ]; then rm -rf "$made"; else mv -T "$made" "$certificates"; fi
}

openssl_quiet() { openssl "$@" 2>/dev/null || die "openssl $1 failed" "run it by hand: openssl $*"; }

make_authority() { # DIRECTORY
  openssl_quiet req -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/O=ballast-lab/CN=lab authority" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign" \
    -keyout "$1/ca.key" -out "$1/ca.pem"
}

make_certificate() { # DIRECTORY NUMBER: the host's name and address, as server and as client
  local host=h$2
  openssl_quiet req -new -newkey rsa:2048 -nodes -subj "/O=ballast-lab/CN=$host" -keyout "$1/$host.key" -out "$1/$host.csr"
  cat >"$1/$host.ext" <<END
basicConstraints=critical,CA:FALSE
keyUsage=critical,digitalSignature,keyEncipherment
extendedKeyUsage=serverAuth,clientAuth
subjectAltName=DNS:$host,IP:$lab_net.$2
END
  openssl_quiet x509 -req -days 3650 -in "$1/$host.csr" -CA "$1/ca.pem" -CAkey "$1/ca.key" -CAcreateserial \
    -extfile "$1/$host.ext" -out "$1/$host.pem"
  rm "$1/$host.csr" "$1/$host.ext"
}

# Where libvirt (server and client) and QEMU look for them when nobody tells them otherwise.
write_pki() { # NUMBER DIRECTORY
  local host=h$1 role
  mkdir -p "$2"/{CA,libvirt/private,qemu}
  cp "$certificates/ca.pem" "$2/CA/cacert.pem"
  cp "$certificates/ca.pem" "$2/qemu/ca-cert.pem"
  for role in server client; do
    cp "$certificates/$host.pem" "$2/libvirt/${role}cert.pem"
    cp "$certificates/$host.key" "$2/libvirt/private/${role}key.pem"
    cp "$certificates/$host.pem" "$2/qemu/$role-cert.pem"
    cp "$certificates/$host.key" "$2/qemu/$role-key.pem"
  done
}
