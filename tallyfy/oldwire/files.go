package oldwire

// Asset is a file's record.
type Asset struct {
	ID           ID
	Filename     string
	Version      string
	UploadedFrom string
	Source       string
	UploadedAt   Time
	UploadedToS3 bool
	SubjectID    ID     // what the file belongs to
	SubjectType  string // like "Group"
}

func (a *Asset) identity() string { return string(a.ID) }

// UnmarshalJSON reads a record; `version` may be a number.
func (a *Asset) UnmarshalJSON(data []byte) error {
	type subject struct {
		ID   ID     `json:"id"`
		Type string `json:"type"`
	}
	var w struct {
		ID           ID               `json:"id"`
		Filename     string           `json:"filename"`
		Version      flexText         `json:"version"`
		UploadedFrom flexText         `json:"uploaded_from"`
		Source       flexText         `json:"source"`
		UploadedAt   Time             `json:"uploaded_at"`
		UploadedToS3 flexBool         `json:"uploaded_to_s3"`
		Subject      include[subject] `json:"subject"`
	}
	if err := decode(data, &w); err != nil {
		return err
	}
	*a = Asset{
		ID: w.ID, Filename: w.Filename, Version: string(w.Version),
		UploadedFrom: string(w.UploadedFrom), Source: string(w.Source),
		UploadedAt: w.UploadedAt, UploadedToS3: w.UploadedToS3.value,
	}
	if len(w.Subject.items) > 0 {
		a.SubjectID, a.SubjectType = w.Subject.items[0].ID, w.Subject.items[0].Type
	}
	return nil
}
