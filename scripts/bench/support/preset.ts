const layers = [
  [6000, 1920, 1080],
  [4700, 1920, 1080],
  [3400, 1280, 720],
  [2250, 960, 540],
  [1500, 960, 540],
  [1000, 640, 360],
  [650, 640, 360],
  [400, 320, 180],
] as const;

/** A task's configuration of the usual size: Media Encoder Standard's "H264 Multiple Bitrate 1080p" as people send it. */
export const encodingPreset = JSON.stringify(
  {
    Version: 1.0,
    Codecs: [
      {
        KeyFrameInterval: '00:00:02',
        H264Layers: layers.map(([bitrate, width, height]) => ({
          Profile: 'Auto',
          Level: 'auto',
          Bitrate: bitrate,
          MaxBitrate: bitrate,
          BufferWindow: '00:00:05',
          Width: width,
          Height: height,
          BFrames: 3,
          ReferenceFrames: 3,
          AdaptiveBFrame: true,
          Type: 'H264Layer',
          FrameRate: '0/1',
        })),
        Type: 'H264Video',
      },
      { Profile: 'AACLC', Channels: 2, SamplingRate: 48000, Bitrate: 128, Type: 'AACAudio' },
    ],
    Outputs: [{ FileName: '{Basename}_{Width}x{Height}_{VideoBitrate}.mp4', Format: { Type: 'MP4Format' } }],
  },
  undefined,
  2,
);
