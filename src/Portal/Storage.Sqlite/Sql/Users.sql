-- name: List
SELECT * FROM users ORDER BY name LIMIT 10000;
-- name: Find
SELECT * FROM users WHERE name = @name;
-- name: Create
INSERT INTO users (name, role, password_hash, security_stamp, disabled, failed_sign_ins, locked_until, created_at, last_sign_in_at)
VALUES (@name, @role, @passwordHash, @stamp, @disabled, 0, NULL, @createdAt, NULL)
ON CONFLICT (name) DO NOTHING;
-- name: Update
UPDATE users SET role = @role, password_hash = @passwordHash, security_stamp = @stamp, disabled = @disabled,
    failed_sign_ins = 0, locked_until = NULL
WHERE name = @name;
-- name: Put
INSERT INTO users (name, role, password_hash, security_stamp, disabled, failed_sign_ins, locked_until, created_at, last_sign_in_at)
VALUES (@name, @role, @passwordHash, @stamp, @disabled, 0, NULL, @createdAt, NULL)
ON CONFLICT (name) DO UPDATE SET role = excluded.role, password_hash = excluded.password_hash, security_stamp = excluded.security_stamp,
    disabled = excluded.disabled, failed_sign_ins = 0, locked_until = NULL;
-- name: Delete
DELETE FROM users WHERE name = @name;
-- name: CountOwners
SELECT COUNT(*) FROM users WHERE role = 'Owner' AND disabled = 0;
-- name: NoteSignIn
UPDATE users SET failed_sign_ins = 0, locked_until = NULL, last_sign_in_at = @at WHERE name = @name;
-- name: NoteFailure
UPDATE users SET failed_sign_ins = failed_sign_ins + 1,
    locked_until = CASE WHEN failed_sign_ins + 1 >= @lockFrom THEN @lockedUntil ELSE locked_until END
WHERE name = @name;
-- name: AddCode
INSERT INTO sign_in_codes (hash, created_at, expires_at) VALUES (@hash, @at, @expiresAt);
-- name: UseCode
UPDATE sign_in_codes SET used_at = @at WHERE hash = @hash AND used_at IS NULL AND expires_at > @at;
-- name: AddToken
INSERT INTO api_tokens (id, hash, name, user_name, role, created_at, expires_at) VALUES (@id, @hash, @name, @user, @role, @createdAt, @expiresAt);
-- name: ListTokens
SELECT * FROM api_tokens WHERE (@user IS NULL OR user_name = @user) ORDER BY created_at DESC, id LIMIT 1000;
-- name: FindToken
SELECT * FROM api_tokens WHERE hash = @hash AND expires_at > @at;
-- name: NoteTokenUse
UPDATE api_tokens SET last_used_at = @at WHERE id = @id AND (last_used_at IS NULL OR last_used_at < @at - 600000000);
-- name: DeleteToken
DELETE FROM api_tokens WHERE id = @id;
