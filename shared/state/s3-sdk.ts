/** What the S3 store uses of the SDK. Loaded by the registry only, so a bundler can leave out the rest of the package. */
export {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
