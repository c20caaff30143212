package store

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
)

// Every key is derived for one purpose, so that it can never be used for another. Changing a text
// here signs everybody out or forgets every record. Sessions of v1 had signed cookies and values in
// gob; their rows stay unknown until they are swept.
const (
	infoSealed     = "tallyfy-admin sealed data v1"
	infoSession    = "tallyfy-admin session data v2"
	infoRecordKey  = "tallyfy-admin record row key v1"
	infoRecordData = "tallyfy-admin record data v1"

	sessionRowPrefix = "tallyfy-admin session row v2:"
)

const (
	minSecret = 32 // bytes
	keyLength = 32 // AES-256, HMAC-SHA-256

	// maxSession is the most sealed text of a session in bytes, about 780 kB of content: people fill
	// them with what they type.
	maxSession = 1 << 20
	// maxSealed is the most sealed text of Keys.Seal in bytes. The largest content is the deletion of
	// a group of 10,000 members and 10,000 guests: up to 2 MiB with names of 65 letters, and 4 MiB
	// when each letter takes four bytes.
	maxSealed = 8 << 20
)

// Keys are the server's secrets: the first one seals, all of them open. A secret is replaced by
// putting a new one in front of it.
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
	k.sealed = newSealer(k.derive(infoSealed))
	return k, nil
}

// Seal encrypts plain for a column and returns base64 text. purpose says where the text belongs,
// such as a table, a column and an id: it opens there only. It returns ErrTooLarge for more than 6
// MiB of content.
func (k *Keys) Seal(purpose string, plain []byte) (string, error) {
	return k.sealed.seal(purpose, plain, maxSealed)
}

// Open decrypts the text of Seal, with any of the secrets.
func (k *Keys) Open(purpose, text string) ([]byte, error) {
	return k.sealed.open(purpose, text)
}

// SealJSON is Seal of the JSON of a value.
func (k *Keys) SealJSON(purpose string, v any) (string, error) {
	plain, err := json.Marshal(v)
	if err != nil {
		return "", err
	}
	return k.Seal(purpose, plain)
}

// OpenJSON decrypts the text of SealJSON into v.
func (k *Keys) OpenJSON(purpose, text string, v any) error {
	plain, err := k.Open(purpose, text)
	if err != nil {
		return err
	}
	return json.Unmarshal(plain, v)
}

// derive returns a key of each secret.
func (k *Keys) derive(info string) [][]byte {
	keys := make([][]byte, len(k.secrets))
	for i, secret := range k.secrets {
		keys[i] = deriveKey(secret, nil, info)
	}
	return keys
}

// session returns the sealer of one session: its keys need both the cookie's id and a secret.
func (k *Keys) session(id string) sealer {
	keys := make([][]byte, len(k.secrets))
	for i, secret := range k.secrets {
		keys[i] = deriveKey([]byte(id), secret, infoSession)
	}
	return newSealer(keys)
}

func deriveKey(secret, salt []byte, info string) []byte {
	key, err := hkdf.Key(sha256.New, secret, salt, info, keyLength)
	if err != nil {
		panic(err) // only for a length that no key has, a mistake in our own code
	}
	return key
}

// A sealer has a cipher of each secret: the first one seals, all of them open.
type sealer []cipher.AEAD

func newSealer(keys [][]byte) sealer {
	s := make(sealer, len(keys))
	for i, key := range keys {
		block, err := aes.NewCipher(key)
		if err == nil {
			s[i], err = cipher.NewGCMWithRandomNonce(block)
		}
		if err != nil {
			panic(err) // only for a length that no key has, a mistake in our own code
		}
	}
	return s
}

func (s sealer) seal(purpose string, plain []byte, most int) (string, error) {
	size := base64.StdEncoding.EncodedLen(len(plain) + s[0].Overhead())
	if size > most {
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

// sessionRow is the table key of a session id. The id is 256 random bits, so a plain hash cannot be
// searched.
func sessionRow(id string) string { return rowKey(sessionRowPrefix + id) }

// rowKey is a table key that hides a text.
func rowKey(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// recordRow is the table key of a record's id. Such an id can be guessed, hence a keyed hash.
func recordRow(key []byte, id string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(id))
	return hex.EncodeToString(mac.Sum(nil))
}
