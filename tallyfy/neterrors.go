package tallyfy

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
)

// neverConnected reports errors that come before a request can be written, whatever transport made
// them.
func neverConnected(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	var dns *net.DNSError
	return errors.As(err, &dns) || isTLSFailure(err)
}

// isPermanent reports failures to connect that another attempt would only repeat.
func isPermanent(err error) bool {
	var dns *net.DNSError
	return (errors.As(err, &dns) && dns.IsNotFound) || isTLSFailure(err)
}

// isTLSFailure reports a handshake that was refused: a certificate we reject, or a server that
// does not speak TLS.
func isTLSFailure(err error) bool {
	var (
		verification *tls.CertificateVerificationError
		header       tls.RecordHeaderError
		authority    x509.UnknownAuthorityError
		host         x509.HostnameError
		invalid      x509.CertificateInvalidError
	)
	return errors.As(err, &verification) || errors.As(err, &header) ||
		errors.As(err, &authority) || errors.As(err, &host) || errors.As(err, &invalid)
}
