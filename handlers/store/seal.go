package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
)

// Every key is derived for one purpose, so that it can never be used for another. Changing a text here signs everybody
// out and forgets every record. Sessions of v1 had signed cookies and values in gob; their rows stay unknown until they
// are swept.
const (
	infoSession    = "tallyfy-admin session data v2"
	infoRecordKey  = "tallyfy-admin record row key v1"
	infoRecordData = "tallyfy-admin record data v1"

	sessionRowPrefix = "tallyfy-admin session row v2:"
)

const (
	minSecret = 32      // bytes
	keyLength = 32      // AES-256, HMAC-SHA-256
	maxText   = 1 << 20 // bytes of sealed text in one row
)

func checkSecret(secret []byte) error {
	if len(secret) < minSecret {
		return fmt.Errorf("the secret has %d bytes; at least %d are needed", len(secret), minSecret)
	}
	return nil
}

func serverKey(secret []byte, info string) ([]byte, error) {
	return hkdf.Key(sha256.New, secret, nil, info, keyLength)
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// sessionAEAD needs both the cookie's id and the server's secret.
func sessionAEAD(id string, secret []byte) (cipher.AEAD, error) {
	key, err := hkdf.Key(sha256.New, []byte(id), secret, infoSession, keyLength)
	if err != nil {
		return nil, err
	}
	return newAEAD(key)
}

// sessionRow is the table key of a session id. The id is 256 random bits, so a plain hash cannot be searched.
func sessionRow(id string) string {
	sum := sha256.Sum256([]byte(sessionRowPrefix + id))
	return hex.EncodeToString(sum[:])
}

// recordRow is the table key of a record's id. Such an id can be guessed, hence a keyed hash.
func recordRow(key []byte, id string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil))
}

// seal returns base64 text. purpose is bound to it: unseal with another one fails.
func seal(aead cipher.AEAD, plain []byte, purpose string) (string, error) {
	size := base64.StdEncoding.EncodedLen(len(plain) + aead.Overhead())
	if size > maxText {
		return "", fmt.Errorf("%w: %d bytes", ErrTooLarge, size)
	}
	return base64.StdEncoding.EncodeToString(aead.Seal(nil, nil, plain, []byte(purpose))), nil
}

func unseal(aead cipher.AEAD, text, purpose string) ([]byte, error) {
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	return aead.Open(nil, nil, sealed, []byte(purpose))
}
