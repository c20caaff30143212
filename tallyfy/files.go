package tallyfy

import (
	"context"
	"errors"
	"io"
	"net/url"
)

// File is a file's content as it arrives. The caller must close Body.
type File struct {
	Body io.ReadCloser
	// ContentType is the service's word. No browser may run a file because of it.
	ContentType string
	ETag        string // "" when the service sends none
	Size        int64  // in bytes, -1 when unknown
}

// Asset is a file's record.
type Asset struct {
	ID           ID                    `json:"id"`
	Filename     string                `json:"filename"`
	Version      Text                  `json:"version"`
	UploadedFrom Text                  `json:"uploaded_from"`
	Source       Text                  `json:"source"`
	UploadedAt   Time                  `json:"uploaded_at"`
	Subject      Include[AssetSubject] `json:"subject"` // what the file belongs to: one or none
}

// AssetSubject is what a file belongs to.
type AssetSubject struct {
	ID   ID     `json:"id"`
	Type string `json:"type"` // like "Group"
}

func (a *Asset) identity() string { return string(a.ID) }

// FilesService holds the calls on files.
type FilesService service

// Open streams a file. The caller's context bounds the whole of it; nothing but the headers is
// read ahead.
//
// GET /organizations/{org}/file/{file}
func (s *FilesService) Open(ctx context.Context, org, fileID ID) (*File, error) {
	return s.client.doStream(ctx, request{op: "files.open", path: orgPath(org, "file", string(fileID))})
}

var errOtherHost = errors.New("the address is not on the API's own host")

// OpenURL streams a file from a URL that the API gave, like a group's logo. It refuses, without
// calling, a URL that is not on the API's own host (see [Client.IsAPIHost]), because the token
// must not go there.
func (s *FilesService) OpenURL(ctx context.Context, u *url.URL) (*File, error) {
	r := request{op: "files.open_url", url: u}
	if !s.client.IsAPIHost(u) {
		return nil, r.refusal("The file is not on the API's own host.", errOtherHost)
	}
	return s.client.doStream(ctx, r)
}

// Asset returns a file's record.
//
// GET /organizations/{org}/assets/{asset}
func (s *FilesService) Asset(ctx context.Context, org, assetID ID) (*Asset, error) {
	return getItem[Asset](ctx, s.client, request{op: "files.asset", path: orgPath(org, "assets", string(assetID)), item: string(assetID)})
}
