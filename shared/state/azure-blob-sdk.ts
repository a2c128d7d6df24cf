/** What the Azure store uses of the SDKs. Loaded by the registry only. */
export { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
