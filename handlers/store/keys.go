package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
)

// Every key is derived for one purpose, so that it can never be used for another. Changing a text here signs everybody
// out and forgets every record. Sessions of v1 had signed cookies and values in gob; their rows stay unknown until they
// are swept.
const (
	infoSealed     = "tallyfy-admin sealed data v1"
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

// Keys are the server's secrets: the first one seals, all of them open. A secret is replaced by putting a new one in
// front of it.
type Keys struct {
	secrets [][]byte
	sealed  sealer
}

// NewKeys returns the keys of secrets of at least 32 bytes each, the one that seals first.
func NewKeys(secrets ...[]byte) (*Keys, error) {
	if len(secrets) == 0 {
		return nil, errors.New("there is no secret")
	}
	for _, secret := range secrets {
		if len(secret) < minSecret {
			return nil, fmt.Errorf("the secret has %d bytes; at least %d are needed", len(secret), minSecret)
		}
	}
	k := &Keys{secrets: secrets}
	var err error
	k.sealed, err = k.sealer(infoSealed)
	return k, err
}

// Seal encrypts plain for a column and returns base64 text. purpose says where the text belongs, such as a table, a
// column and an id: it opens there only. ErrTooLarge if there is more of it than a row may hold.
func (k *Keys) Seal(purpose string, plain []byte) (string, error) {
	return k.sealed.seal(purpose, plain)
}

// Open decrypts the text that Seal has returned, with any of the secrets.
func (k *Keys) Open(purpose, text string) ([]byte, error) { return k.sealed.open(purpose, text) }

// derive returns a key of each secret.
func (k *Keys) derive(info string) ([][]byte, error) {
	keys := make([][]byte, len(k.secrets))
	for i, secret := range k.secrets {
		key, err := hkdf.Key(sha256.New, secret, nil, info, keyLength)
		if err != nil {
			return nil, fmt.Errorf("deriving a key: %w", err)
		}
		keys[i] = key
	}
	return keys, nil
}

func (k *Keys) sealer(info string) (sealer, error) {
	keys, err := k.derive(info)
	if err != nil {
		return nil, err
	}
	s := make(sealer, len(keys))
	for i, key := range keys {
		if s[i], err = newAEAD(key); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// A sealer has a cipher of each secret: the first one seals, all of them open.
type sealer []cipher.AEAD

func (s sealer) seal(purpose string, plain []byte) (string, error) {
	size := base64.StdEncoding.EncodedLen(len(plain) + s[0].Overhead())
	if size > maxText {
		return "", fmt.Errorf("%w: %d bytes", ErrTooLarge, size)
	}
	return base64.StdEncoding.EncodeToString(s[0].Seal(nil, nil, plain, []byte(purpose))), nil
}

func (s sealer) open(purpose, text string) (plain []byte, err error) {
	sealed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, err
	}
	for _, aead := range s {
		if plain, err = aead.Open(nil, nil, sealed, []byte(purpose)); err == nil {
			return plain, nil
		}
	}
	return nil, err
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// session returns the sealer of a session: its keys need both the cookie's id and a secret.
func (k *Keys) session(id string) (sealer, error) {
	s := make(sealer, len(k.secrets))
	for i, secret := range k.secrets {
		key, err := hkdf.Key(sha256.New, []byte(id), secret, infoSession, keyLength)
		if err != nil {
			return nil, fmt.Errorf("the key of a session: %w", err)
		}
		if s[i], err = newAEAD(key); err != nil {
			return nil, fmt.Errorf("the key of a session: %w", err)
		}
	}
	return s, nil
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
